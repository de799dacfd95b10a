import type { Clock } from './clock';
import type { StoredValue } from './values';

interface Entry {
  value: StoredValue;
  /** Milliseconds since 1970; undefined if the key never expires. */
  expiresAt: number | undefined;
  /** Greater than that of every key added before, so that a scan can go on where it stopped. */
  readonly serial: number;
}

/** One numbered keyspace. */
export class Database {
  private entries = new Map<string, Entry>();
  private nextSerial = 1;
  private readonly volatile = new Set<string>();
  private readonly scans = new Map<number, Iterator<[string, Entry]>>();
  private readonly watchers = new Map<string, Set<() => void>>();

  constructor(
    readonly index: number,
    private readonly clock: Clock,
  ) {}

  get size(): number {
    this.removeExpired();
    return this.entries.size;
  }

  entry(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry?.expiresAt === undefined || entry.expiresAt > this.clock.now()) return entry;
    this.remove(key);
    return undefined;
  }

  get(key: string): StoredValue | undefined {
    return this.entry(key)?.value;
  }

  /** Stores a value. The time to live of an old value is dropped unless `keepTtl` is set. */
  set(
    key: string,
    value: StoredValue,
    how: { readonly keepTtl?: boolean | undefined; readonly expiresAt?: number | undefined } = {},
  ): void {
    const entry = this.entry(key);
    const expiresAt = how.keepTtl === true ? entry?.expiresAt : how.expiresAt;
    if (entry === undefined) this.entries.set(key, { value, expiresAt, serial: this.nextSerial++ });
    else Object.assign(entry, { value, expiresAt });
    this.noteExpiry(key, expiresAt);
    this.touch(key);
  }

  delete(key: string): boolean {
    return this.entry(key) !== undefined && this.remove(key);
  }

  expire(key: string, expiresAt: number | undefined): void {
    const entry = this.entry(key);
    if (entry === undefined) return;
    entry.expiresAt = expiresAt;
    this.noteExpiry(key, expiresAt);
    this.touch(key);
  }

  clear(): void {
    const keys = [...this.watchers.keys()].filter((key) => this.entries.has(key));
    this.entries = new Map();
    this.volatile.clear();
    this.scans.clear();
    keys.forEach((key) => this.touch(key));
  }

  /** Exchanges the contents with another database; both tell their watchers. */
  swapWith(other: Database): void {
    const [mine, theirs] = [[...this.entries], [...other.entries]];
    this.clear();
    other.clear();
    for (const [key, { value, expiresAt }] of theirs) this.set(key, value, { expiresAt });
    for (const [key, { value, expiresAt }] of mine) other.set(key, value, { expiresAt });
  }

  keys(): string[] {
    this.removeExpired();
    return [...this.entries.keys()];
  }

  /** Up to `count` keys after the cursor, and the cursor to go on with. The cursor 0 begins a scan and ends it. */
  scan(cursor: number, count: number): { readonly cursor: number; readonly keys: string[] } {
    this.removeExpired();
    const iterator = this.scans.get(cursor) ?? this.entries.entries();
    this.scans.delete(cursor);
    const keys: string[] = [];
    for (let step = iterator.next(); step.done !== true; step = iterator.next()) {
      const [key, { serial }] = step.value;
      if (serial > cursor) keys.push(key);
      if (keys.length >= count) return { cursor: this.keepScan(serial, iterator), keys };
    }
    return { cursor: 0, keys };
  }

  removeExpired(): void {
    if (this.volatile.size === 0) return;
    for (const key of this.volatile) if (this.entries.get(key)?.expiresAt === undefined) this.volatile.delete(key);
    for (const key of this.volatile) this.entry(key);
  }

  /** Has to be called after a value was changed in place. */
  touch(key: string): void {
    if (this.watchers.size === 0) return;
    this.watchers.get(key)?.forEach((listener) => listener());
  }

  /** Calls `listener` on every change of a key, until the returned function is called. WATCH is built on this. */
  watch(key: string, listener: () => void): () => void {
    const listeners = this.watchers.get(key) ?? new Set();
    this.watchers.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.watchers.delete(key);
    };
  }

  private remove(key: string): boolean {
    const existed = this.entries.delete(key);
    this.volatile.delete(key);
    if (existed) this.touch(key);
    return existed;
  }

  private noteExpiry(key: string, expiresAt: number | undefined): void {
    if (expiresAt === undefined) this.volatile.delete(key);
    else this.volatile.add(key);
  }

  private keepScan(serial: number, iterator: Iterator<[string, Entry]>): number {
    if (this.scans.size >= 32) this.scans.delete(this.scans.keys().next().value as number);
    this.scans.set(serial, iterator);
    return serial;
  }
}
