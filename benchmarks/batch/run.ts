import { join } from 'node:path';
import { placeOnCores } from '../harness/cores';
import { median } from '../harness/statistics';
import { TaskProcess } from '../harness/task-process';
import { textTable } from '../report/text-table';
import { startServer } from '../../tests/support/servers';
import { startCluster } from '../../tests/support/servers/cluster';
import { SIZES } from './contenders/keys';

/** `npm run bench:batch`: compares batches with node-redis' own pipeline and MULTI; on a cluster, with one hand-written pipeline for each server. */
const PAIRS = 5;
const ROUNDS = 5;
const SLICE_MS = 300;
const WARM_UP_MS = 2_000;
const CONTENDERS = ['node-redis', 'redatom'] as const;

function start(contender: string, urls: readonly string[]): TaskProcess {
  const options = ['--expose-gc', ...(process.env['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter(Boolean)];
  return TaskProcess.start(process.execPath, [...options, join(__dirname, `../dist/batch/contenders/${contender}.js`), ...urls]);
}

/** The server, or the cluster, that the contenders talk to. */
interface Target {
  readonly urls: readonly string[];
  readonly servers: readonly { readonly pid: number | undefined }[];
}

/** Rates of both contenders, which take turns in a pair of processes that run nothing else. */
async function ratesOfPair({ urls, servers }: Target, size: number, operation: string): Promise<number[][]> {
  const contenders = CONTENDERS.map((name) => start(name, urls));
  const processes = { clients: contenders.flatMap(({ pid }) => pid ?? []), servers: servers.flatMap(({ pid }) => pid ?? []) };
  // During a short batch, client and server take turns. The cores that the kernel gives them matter more for the rate than the code.
  placeOnCores(processes, size === Math.min(...SIZES) ? 'one' : undefined);
  const rates: number[][] = contenders.map(() => []);
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [at, contender] of contenders.entries()) {
      const { count, seconds } = await contender.run(operation, round < 0 ? WARM_UP_MS : SLICE_MS);
      if (round >= 0) rates[at]?.push((count * size) / seconds);
    }
  }
  await Promise.all(contenders.map((contender) => contender.end()));
  return rates;
}

/** Medians over several pairs, because early decisions of the compiler stay with a process. The ratio is the median of the ratios of the rounds. */
async function compare(target: Target, size: number, operation: string): Promise<string[]> {
  process.stderr.write(`${operation}, ${target.servers.length} servers\n`);
  const [base, own]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const [ofBase = [], ofOwn = []] = await ratesOfPair(target, size, operation);
    base.push(...ofBase);
    own.push(...ofOwn);
  }
  const ratio = median(own.map((rate, round) => rate / (base[round] ?? NaN)));
  return [...[base, own].map((ofOne) => Math.round(median(ofOne)).toString()), ratio.toFixed(2)];
}

async function weigh(url: string): Promise<string> {
  const contender = start('redatom', [url]);
  const [recorded, whole] = [await contender.run('read bytes recorded'), await contender.run('read bytes with replies')];
  await contender.end();
  return `a batch of 100000: ${recorded.count.toFixed(0)} bytes for each command recorded, ${whole.count.toFixed(0)} with its reply`;
}

async function main(): Promise<void> {
  const rows: string[][] = [];
  const server = await startServer({ flavour: 'redis-stack' });
  const alone = { urls: [server.url], servers: [server] };
  for (const size of SIZES) {
    for (const operation of [`${size} commands`, `${size} commands, one transaction`]) {
      rows.push([operation, ...(await compare(alone, size, operation))]);
    }
  }
  const memory = await weigh(server.url);
  await server.stop();
  const cluster = await startCluster();
  for (const size of SIZES) rows.push([`${size} commands on three servers`, ...(await compare(cluster, size, `${size} commands`))]);
  await cluster.stop();
  console.log(`${textTable(['commands a second', ...CONTENDERS, 'ratio'], rows)}\n\n${memory}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
