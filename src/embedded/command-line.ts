#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { startEmbeddedRedis, type EmbeddedRedisOptions } from './index';

const USAGE = `redatom-server: a Redis-compatible server with JSON for development and tests; it keeps everything in memory

  --port <number>       default 6379; 0 takes a free one
  --host <address>      default 127.0.0.1
  --password <text>     asked of every client
  --databases <number>  default 16
  --masters <number>    start a cluster
  --replicas <number>   of each master of the cluster
  --help
`;

function readOptions(): EmbeddedRedisOptions | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { port: text, host: text, password: text, databases: text, masters: text, replicas: text, help: { type: 'boolean' } },
  });
  if (values.help === true) return undefined;
  const number = (option: 'port' | 'databases' | 'masters' | 'replicas', fallback: number): number => {
    const value = Number(values[option] ?? fallback);
    if (!Number.isInteger(value) || value < 0) throw new Error(`--${option} takes a whole number, got '${values[option]}'`);
    return value;
  };
  return {
    port: number('port', 6379),
    databases: number('databases', 16),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.password === undefined ? {} : { password: values.password }),
    ...(values.masters === undefined ? {} : { cluster: { masters: number('masters', 3), replicas: number('replicas', 0) } }),
  };
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  const server = await startEmbeddedRedis(options);
  const nodes = server.addresses.map(({ host, port }) => `${host}:${port}`).join(' ');
  process.stdout.write(`ready for connections on ${nodes}; Ctrl-C ends it\n`);
  const end = (): void => void server.close();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

main().catch((error: unknown) => {
  process.stderr.write(`redatom-server: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
