/** The condition that a query sets for documents, with its parameters filled in. */
export type Expression =
  | { readonly kind: 'everything' | 'nothing' }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly part: Expression }
  | { readonly kind: 'tag'; readonly name: string; readonly texts: readonly string[] }
  | { readonly kind: 'range'; readonly name: string; readonly lower: Bound; readonly upper: Bound }
  | { readonly kind: 'missing'; readonly name: string };

/** An end of a range. */
export interface Bound {
  readonly value: number;
  readonly exclusive: boolean;
}

/** A query that cannot be answered; the message says why. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}
