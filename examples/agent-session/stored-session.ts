/** A session as it lies in Redis; the same form for both ways of keeping it. */
export interface StoredSession {
  readonly messages: { readonly id: string }[];
  readonly toolResults: Record<string, unknown>;
  readonly plan: { readonly steps: { readonly id: string; status: string; result: string | null }[] };
  tokens: number;
  finishedRuns: number;
}
