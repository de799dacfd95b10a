export type Flavour = 'redis-stack' | 'valkey' | 'redis' | 'embedded' | 'given';

export interface StartOptions {
  /** More command-line arguments for the server, for example `['--maxmemory', '20mb']`. */
  args?: readonly string[];
  /** TCP port on the loopback interface; a free one by default. */
  port?: number;
  /** Data folder; a temporary one by default. A folder that the caller names is never removed. */
  dir?: string;
  password?: string;
}

/** A running server that answers PING and has the JSON commands. */
export interface Server {
  /** Product and release line, for example `redis-stack-7.4`. */
  readonly name: string;
  readonly flavour: Flavour;
  readonly version: string;
  readonly url: string;
  readonly port: number;
  /** Process id of the server itself; undefined for a container or a server that was running before. */
  readonly pid: number | undefined;
  readonly dir: string | undefined;
  /** Ends the server and removes what it left. Resolves at once when it has already ended. */
  stop(): Promise<void>;
  /** Sends a signal. Resolves when the process has ended if the signal ends it, otherwise at once. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Ends the server if it is still running, and starts it with the same port, folder and arguments. */
  restart(): Promise<void>;
}

/** One kind of server that this machine can run. */
export interface Launcher {
  readonly flavour: Flavour;
  start(options: StartOptions): Promise<Server>;
}

/** One way to get servers. When this machine does not offer it, `find` says why and resolves to an empty list. */
export interface ServerSource {
  readonly name: string;
  /** How many servers it has when nothing is missing. */
  readonly serverCount: number;
  find(say: Say): Promise<readonly Launcher[]>;
}

export type Say = (line: string) => void;

/** The flavour of a server of this run, by its name. */
export function flavourOf(name: string): Flavour {
  if (name.startsWith('valkey')) return 'valkey';
  return name.startsWith('redis-stack') ? 'redis-stack' : 'redis';
}
