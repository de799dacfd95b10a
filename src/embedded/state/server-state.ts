import type { IndexDefinition } from '../search/definition';
import type { Clock } from './clock';
import { Database } from './database';
import { PubSub } from './pub-sub';
import type { Session } from './session';

interface ServerOptions {
  readonly databases: number;
  readonly password?: string | undefined;
  readonly clock: Clock;
  /** Shared by the nodes of a cluster, because PUBLISH reaches all of them. */
  readonly pubSub: PubSub;
}

/** Everything that one server, or one shard of a cluster, keeps. */
export class ServerState {
  readonly databases: readonly Database[];
  readonly clock: Clock;
  readonly pubSub: PubSub;
  readonly shardPubSub = new PubSub();
  /** The text of each script that was loaded, by its digest. */
  readonly scripts = new Map<string, string>();
  /** The indexes for searches, by name. */
  readonly indexes = new Map<string, IndexDefinition>();
  readonly sessions = new Set<Session>();
  readonly monitors = new Set<Session>();
  readonly settings = new Map<string, string>();
  readonly startedAt = Date.now();
  password: string | undefined;
  commandCount = 0;
  connectionCount = 0;

  constructor(options: ServerOptions) {
    this.clock = options.clock;
    this.pubSub = options.pubSub;
    this.password = options.password;
    this.databases = Array.from({ length: options.databases }, (_, index) => new Database(index, options.clock));
  }

  database(index: number): Database {
    const database = this.databases[index];
    if (database === undefined) throw new RangeError(`there is no database ${index}`);
    return database;
  }

  /** Removes all indexes as well, whichever databases are cleared, as in the server. */
  clear(databases: readonly Database[] = this.databases): void {
    this.indexes.clear();
    databases.forEach((database) => database.clear());
  }
}
