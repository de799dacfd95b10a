/** A path of the documents, and the name by which queries search it. */
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

/** The definition of an index. Nothing else is kept for it, because a search walks the documents. */
export interface IndexDefinition {
  readonly name: string;
  readonly prefixes: readonly string[];
  /** By name. */
  readonly attributes: ReadonlyMap<string, Attribute>;
}
