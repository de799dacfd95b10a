import type { Fields, plainFields, StoredFields } from './models';

/** What one verb does, so that it can be tried in every place and situation. */
export interface Verb {
  readonly name: string;
  /** Values before the verb, where they differ from the usual ones. */
  readonly init?: Partial<typeof plainFields>;
  run(part: Fields): unknown;
  /** The verb goes to Redis at once when no pipeline is open. */
  readonly atOnce?: boolean;
  /** Stored values afterwards, where they differ from those before. */
  readonly stored: Partial<StoredFields>;
  /** What it resolves to, or returns. */
  readonly reply?: unknown;
  /** The verb cannot work in a pipeline, because only the server has its answer. */
  readonly needsReply?: boolean;
  /** A field with a stored value on which the verb cannot work. */
  readonly misfit?: { readonly field: keyof StoredFields; readonly value: unknown };
}
