import { randomUUID } from 'node:crypto';
import { newClient } from './clients';

/** One command as the server saw it. */
export interface SeenCommand {
  name: string;
  database: number;
  /** `lua` for a command that a script ran, else the address of the client. */
  origin: string;
  /** Everything after the name, quoted as MONITOR prints it. */
  args: string;
}

interface Sender {
  sendCommand(args: string[]): Promise<unknown>;
}

/** A recording of the commands that reach a server. */
export interface Watch {
  /** Stops recording, and resolves to the commands. */
  end(): Promise<SeenCommand[]>;
}

/** Runs `action` and resolves to the commands that reached the server meanwhile. */
export async function commandsDuring(url: string, sender: Sender, action: () => Promise<unknown>): Promise<SeenCommand[]> {
  const watch = await watchCommands(url, sender);
  try {
    await action();
  } finally {
    await watch.end();
  }
  return watch.end();
}

/**
 * Starts recording the commands that reach a server, except PING, with which a connection checks that it is alive. Two marked ECHO commands delimit the
 * recording, so the result does not depend on how fast the monitoring connection is read.
 */
export async function watchCommands(url: string, sender: Sender): Promise<Watch> {
  const [begin, end] = [`begin-${randomUUID()}`, `end-${randomUUID()}`];
  const seen: SeenCommand[] = [];
  const marked = deferred();
  const monitor = newClient(url);
  monitor.on('error', marked.reject);
  await monitor.connect();
  await monitor.monitor((reply) => {
    const command = parseMonitorLine(String(reply));
    if (command === undefined || command.name === 'PING') return;
    seen.push(command);
    if (command.args.includes(end)) marked.resolve();
  });
  await sender.sendCommand(['ECHO', begin]);
  const ended = async (): Promise<SeenCommand[]> => {
    await sender.sendCommand(['ECHO', end]);
    await marked.promise.finally(() => monitor.destroy());
    return seen.slice(indexOfMark(seen, begin) + 1, indexOfMark(seen, end));
  };
  let result: Promise<SeenCommand[]> | undefined;
  return { end: () => (result ??= ended()) };
}

function indexOfMark(seen: readonly SeenCommand[], mark: string): number {
  return seen.findIndex(({ args }) => args.includes(mark));
}

/** `1700000000.123456 [0 127.0.0.1:5000] "GET" "x"` */
export function parseMonitorLine(line: string): SeenCommand | undefined {
  const match = /^\S+ \[(\d+) (.+?)\] "((?:[^"\\]|\\.)*)" ?(.*)$/s.exec(line);
  if (match === null) return undefined;
  const [, database = '0', origin = '', name = '', args = ''] = match;
  return { name: name.toUpperCase(), database: Number(database), origin, args };
}

function deferred(): { promise: Promise<void>; resolve: () => void; reject: (reason: unknown) => void } {
  let resolve!: () => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
