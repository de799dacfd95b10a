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

/** @throws an error that says what is wrong with the options. */
function readOptions(): EmbeddedRedisOptions | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { port: text, host: text, password: text, databases: text, masters: text, replicas: text, help: { type: 'boolean' } },
  });
  if (values.help === true) return undefined;
  const number = (option: 'port' | 'databases' | 'masters' | 'replicas', fallback: number, [min, max]: readonly number[]): number => {
    const value = Number(values[option] ?? fallback);
    const isFit = Number.isInteger(value) && value >= Number(min) && value <= Number(max);
    if (!isFit) throw new Error(`--${option} takes a whole number from ${min} to ${max}, found '${values[option]}'`);
    return value;
  };
  if (values.replicas !== undefined && values.masters === undefined)
    throw new Error('--replicas says how many each master of a cluster has; add --masters 3');
  return {
    port: number('port', 6379, [0, 65_535]),
    databases: number('databases', 16, [1, 10_000]),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.password === undefined ? {} : { password: values.password }),
    ...(values.masters === undefined
      ? {}
      : { cluster: { masters: number('masters', 3, [1, 1000]), replicas: number('replicas', 0, [0, 100]) } }),
  };
}

async function main(): Promise<void> {
  let options: EmbeddedRedisOptions | undefined;
  try {
    options = readOptions();
  } catch (error) {
    fail(error, { usage: `\n${USAGE}`, exitCode: 2 });
    return;
  }
  if (options === undefined) process.stdout.write(USAGE);
  else await run(options);
}

async function run(options: EmbeddedRedisOptions): Promise<void> {
  const server = await startEmbeddedRedis(options);
  const nodes = server.addresses.map(({ host, port }) => `${host}:${port}`).join(' ');
  process.stdout.write(`ready for connections on ${nodes}; Ctrl-C ends it\n`);
  const end = (): void => void server.close();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

function fail(error: unknown, { usage, exitCode }: { usage: string; exitCode: number }): void {
  process.stderr.write(`redatom-server: ${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = exitCode;
}

main().catch((error: unknown) => fail(error, { usage: '', exitCode: 1 }));
