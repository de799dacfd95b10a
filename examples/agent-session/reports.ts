/** What a worker reports after Redis has confirmed it, or, for `thinking`, before a long piece of work under the lock. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'message'; readonly id: string }
  | { readonly kind: 'tool'; readonly id: string }
  | { readonly kind: 'tokens'; readonly tokens: number }
  | { readonly kind: 'over-budget' }
  | { readonly kind: 'thinking'; readonly at: number }
  | { readonly kind: 'step'; readonly id: string; readonly result: string }
  | { readonly kind: 'overtaken'; readonly reason: string };

export type ReportOf<K extends Report['kind']> = Extract<Report, { kind: K }>;

/** What the director tells a worker: to begin, or to end its long thought. */
export type Cue = 'begin' | 'go on';
