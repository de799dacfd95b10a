/** What of each document is searched under one name. */
export interface Attribute {
  readonly path: string;
  readonly name: string;
  readonly type: 'TAG' | 'NUMERIC';
  readonly caseSensitive: boolean;
  /** Whether queries may ask for the empty text. */
  readonly indexEmpty: boolean;
  /** Whether queries may ask for documents in which the path matches nothing. */
  readonly indexMissing: boolean;
  readonly sortable: boolean;
}

/** What an index covers. Nothing is kept besides: a search walks the documents. */
export interface IndexDefinition {
  readonly name: string;
  readonly prefixes: readonly string[];
  /** By name. */
  readonly attributes: ReadonlyMap<string, Attribute>;
}
