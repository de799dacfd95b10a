import type { UserData } from '../sample/user-data';

export const CONTENDER_NAMES = ['raw', 'default', 'redis-om', 'redatom'] as const;
export type ContenderName = (typeof CONTENDER_NAMES)[number];

/** One write of the pipeline workload. */
export type Step =
  | { readonly kind: 'increment'; readonly by: number }
  | { readonly kind: 'append'; readonly item: string }
  | { readonly kind: 'set-item'; readonly name: string; readonly value: string }
  | { readonly kind: 'set-name'; readonly value: string };

/**
 * The same program written with one library. `Loaded` is a document in the form that the library gives to its users. Verbs also get
 * its key, for libraries whose documents do not know it. Each verb rejects when the server did not do what it was asked to.
 */
export interface Contender<Loaded = unknown> {
  get(key: string): Promise<Loaded>;
  /** Reads all 12 fields, see `readAll`. */
  read(user: Loaded): number;
  /** Stores a document that is not there yet. */
  save(data: UserData): Promise<void>;
  /** Sets the name in Redis and in the local document; sends only that field if the library can. */
  setName(key: string, user: Loaded, name: string): Promise<void>;
  /** Appends a tag in Redis and in the local document; resolves to the length of the local list. */
  append(key: string, user: Loaded, tag: string): Promise<number>;
  /** Adds to the score and resolves to its new value. */
  increment(key: string, user: Loaded, by: number): Promise<number>;
  /** Does all steps, in one atomic commit if the library can. */
  pipeline(key: string, user: Loaded, steps: readonly Step[]): Promise<void>;
  /** Takes a lock, loads the document, adds 1 to its age, changes its name, saves it, and releases the lock. */
  withLock(key: string, name: string): Promise<void>;
  insertMany(users: readonly UserData[]): Promise<void>;
  getMany(keys: readonly string[]): Promise<Loaded[]>;
  /** Creates an index of the scores, and waits until it has all documents. */
  indexScores(): Promise<void>;
  /** Finds the documents whose score is at least `from` and below `below`, and reads them in the same round trip. */
  findByScore(from: number, below: number): Promise<Loaded[]>;
  deleteMany(keys: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** The file of each contender exports a `connect` of this type. */
export type Connect = (url: string) => Promise<Contender>;
