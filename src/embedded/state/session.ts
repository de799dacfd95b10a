import { encode, type ProtocolVersion } from '../protocol/encode';
import { PushReply, type Reply } from '../protocol/reply';
import type { Database } from './database';
import type { Subscriber } from './pub-sub';

/** Requests kept between MULTI and EXEC. */
interface Transaction {
  readonly requests: (readonly string[])[];
  /** A request was refused, so EXEC will refuse the transaction. */
  broken: boolean;
}

interface Watch {
  readonly database: Database;
  readonly key: string;
  readonly end: () => void;
}

/** What a session needs from its connection. */
export interface Connection {
  readonly address: string;
  readonly localAddress: string;
  write(text: string): void;
  close(): void;
}

/** The state of one connection. */
export class Session implements Subscriber {
  private static lastId = 0;

  readonly id = (Session.lastId += 1);
  readonly since = Date.now();
  readonly channels = new Set<string>();
  readonly shardChannels = new Set<string>();
  readonly patterns = new Set<string>();
  readonly attributes = new Map<string, string>();
  name = '';
  databaseIndex = 0;
  version: ProtocolVersion = 2;
  authenticated = false;
  transaction: Transaction | undefined;
  readsReplica = false;
  replies: 'on' | 'off' | 'skip' | 'skip next' = 'on';
  closing = false;
  private watches: Watch[] = [];
  private watchBroken = false;

  constructor(readonly connection: Connection) {}

  get subscriptions(): number {
    return this.channels.size + this.patterns.size + this.shardChannels.size;
  }

  /** In RESP2 a connection that listens to channels can do little else. */
  get onlyListens(): boolean {
    return this.version === 2 && this.subscriptions > 0;
  }

  send(reply: Reply): void {
    this.connection.write(encode(reply, this.version));
  }

  deliver(kind: string, parts: readonly string[]): void {
    this.send(new PushReply([kind, ...parts]));
  }

  watch(database: Database, key: string): void {
    if (this.watches.some((watch) => watch.database === database && watch.key === key)) return;
    database.entry(key);
    const end = database.watch(key, () => void (this.watchBroken = true));
    this.watches.push({ database, key, end });
  }

  /** Ends all watches. */
  unwatch(): void {
    this.watches.forEach(({ end }) => end());
    this.watches = [];
    this.watchBroken = false;
  }

  /** Whether a watched key was changed or has expired. */
  get watchFailed(): boolean {
    this.watches.forEach(({ database, key }) => database.entry(key));
    return this.watchBroken;
  }
}
