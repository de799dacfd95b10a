import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port';
import { probeUntilReady, type Product } from './probe';
import type { Flavour, Server, StartOptions } from './server';

export interface Executable {
  readonly flavour: Flavour;
  readonly binary: string;
  /** Modules to load, in order. */
  readonly modules: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const ENDING_SIGNALS: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGABRT', 'SIGSEGV'];

/** Starts a server executable on the loopback interface and resolves when it answers. */
export async function startProcess(executable: Executable, options: StartOptions): Promise<Server> {
  const attempts = options.port === undefined ? 3 : 1;
  for (let attempt = 1; ; attempt++) {
    const server = new ServerProcess(executable, options, options.port ?? (await freePort()));
    try {
      await server.launch();
      return server;
    } catch (error) {
      await server.stop();
      // Another process may have taken the port between our check and the start.
      if (attempt >= attempts || !String(error).includes('in use')) throw error;
    }
  }
}

/** RedisJSON shares strings among documents without a lock, so a server crashes if it frees a whole database outside its main thread, as Valkey does. */
const FREED_AT_ONCE = [
  'lazyfree-lazy-user-flush',
  'lazyfree-lazy-user-del',
  'lazyfree-lazy-server-del',
  'lazyfree-lazy-expire',
  'lazyfree-lazy-eviction',
  'replica-lazy-flush',
];

class ServerProcess implements Server {
  readonly flavour: Flavour;
  readonly url: string;
  readonly dir: string;
  private readonly ownsDir: boolean;
  private product: Product | undefined;
  private child: ChildProcess | undefined;

  constructor(
    private readonly executable: Executable,
    private readonly options: StartOptions,
    readonly port: number,
  ) {
    this.flavour = executable.flavour;
    this.ownsDir = options.dir === undefined;
    this.dir = options.dir ?? mkdtempSync(join(tmpdir(), 'redatom-server-'));
    const credentials = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`;
    this.url = `redis://${credentials}127.0.0.1:${port}`;
  }

  get name(): string {
    return this.product?.name ?? this.flavour;
  }

  get version(): string {
    return this.product?.version ?? 'unknown';
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  async launch(): Promise<void> {
    const log = openSync(join(this.dir, 'server.log'), 'a');
    const child = spawn(this.executable.binary, this.argumentList(), {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...this.executable.environment },
      // Its own process group, so that Ctrl-C reaches only the tests, and the server ends when they let go of it.
      detached: true,
    });
    closeSync(log);
    child.unref();
    let spawnError: Error | undefined;
    child.once('error', (error) => (spawnError = error));
    this.child = child;
    if (child.pid !== undefined) guardAgainstCrash(child, this.ownsDir ? this.dir : undefined);
    try {
      this.product = await probeUntilReady(this.url, () => spawnError === undefined && isRunning(child));
    } catch (error) {
      throw new Error(`${this.executable.binary} does not answer on port ${this.port}: ${this.reason(spawnError ?? error)}`, {
        cause: error,
      });
    }
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
    if (this.ownsDir) rmSync(this.dir, { recursive: true, force: true });
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    if (ENDING_SIGNALS.includes(signal)) await this.end(signal);
    else this.child?.kill(signal);
  }

  async restart(): Promise<void> {
    await this.end('SIGTERM');
    await this.launch();
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (child === undefined || !isRunning(child)) return;
    child.ref();
    const ended = once(child, 'exit');
    child.kill(signal);
    child.kill('SIGCONT'); // A paused process handles the signal only now.
    const impatience = setTimeout(() => child.kill('SIGKILL'), 3000);
    await ended;
    clearTimeout(impatience);
  }

  private argumentList(): string[] {
    const { args = [], password } = this.options;
    return [
      ...['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.dir, '--save', '', '--appendonly', 'no'],
      ...FREED_AT_ONCE.flatMap((option) => [`--${option}`, 'no']),
      ...this.executable.modules.flatMap((module) => ['--loadmodule', module]),
      ...(password === undefined ? [] : ['--requirepass', password]),
      ...args,
    ];
  }

  private reason(error: unknown): string {
    const log = readFileSync(join(this.dir, 'server.log'), 'utf8').trim().split('\n').slice(-5).join('\n');
    return `${error instanceof Error ? error.message : String(error)}\n${log}`;
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/**
 * Starts a shell that waits for our end of its pipe to close, which happens even when this process is killed, and then kills
 * the server. The shell ends with the server, so it never signals a process id that was reused.
 */
export function guardAgainstCrash(server: ChildProcess, dirToRemove: string | undefined): void {
  const script = 'cat >/dev/null; kill -KILL "$1"; [ -z "$2" ] || { sleep 0.2; rm -rf "$2"; }';
  const guard = spawn('sh', ['-c', script, 'redatom-guard', String(server.pid), dirToRemove ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  (guard.stdin as Socket).unref();
  guard.stdin?.on('error', () => undefined);
  server.once('exit', () => {
    if (guard.pid === undefined) return;
    try {
      // The whole group: the shell and the cat that it waits for.
      process.kill(-guard.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  });
}
