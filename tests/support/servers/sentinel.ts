import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClient } from '../clients';
import { cacheFolder } from './cache-folder';
import { freePort } from './free-port';
import { guardAgainstCrash } from './server-process';

/** A sentinel that watches one primary under the name `main`. */
export interface TestSentinel {
  readonly port: number;
  /** Port of the server that it now takes for the primary. */
  primaryPort(): Promise<number>;
  stop(): Promise<void>;
}

const DOWN_AFTER_MS = 700;

/** Starts a sentinel on the loopback interface; it alone decides when the primary is down. */
export async function startSentinel(primaryPort: number): Promise<TestSentinel> {
  const [dir, port] = [mkdtempSync(join(tmpdir(), 'redatom-sentinel-')), await freePort()];
  const lines = [
    ...[`port ${port}`, 'bind 127.0.0.1', `dir ${dir}`, `sentinel monitor main 127.0.0.1 ${primaryPort} 1`],
    ...[`sentinel down-after-milliseconds main ${DOWN_AFTER_MS}`, 'sentinel failover-timeout main 3000'],
  ];
  writeFileSync(join(dir, 'sentinel.conf'), lines.join('\n'));
  const child = spawn(sentinelBinary(), [join(dir, 'sentinel.conf'), '--sentinel'], { stdio: 'ignore', detached: true });
  child.unref();
  guardAgainstCrash(child, dir);
  const client = await openClient(`redis://127.0.0.1:${port}`);
  return {
    port,
    primaryPort: async () => Number((await client.sendCommand<string[]>(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'main']))[1]),
    stop: async () => {
      client.destroy();
      child.ref();
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Any server program can run as a sentinel; Valkey's needs no other libraries. */
function sentinelBinary(): string {
  const fetched = join(cacheFolder(), 'python-parts/valkey-server');
  return existsSync(fetched) ? fetched : 'redis-server';
}
