/** A session as it is stored in Redis; both ways of keeping it store the same form. */
export interface StoredSession {
  readonly messages: { readonly id: string }[];
  readonly toolResults: Record<string, unknown>;
  readonly plan: { readonly steps: { readonly id: string; status: string; result: string | null }[] };
  tokens: number;
  finishedRuns: number;
}
