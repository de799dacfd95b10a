import { execFile, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createClient } from 'redis';
import { startServer } from '../../tests/support/servers';

/** `npm run bench:embedded`: compares the embedded server with a real one; each runs in its own process, and they take turns. */

const rounds = 7;
const sliceMs = 250;

const script = `local score = redis.call('JSON.GET', KEYS[1], '$["score"]')
for _ = 1, 3 do redis.call('JSON.NUMINCRBY', KEYS[1], '$["age"]', 1) end
return score`;

const user = (name: string): string =>
  JSON.stringify({
    id: name,
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    age: 36,
    score: 12.5,
    active: true,
    createdAt: '2026-03-05T09:30:00.000Z',
    tags: Array.from({ length: 10 }, (_, index) => `tag${index}`),
    settings: Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`key${index}`, `value${index}`])),
    address: { city: 'London', street: 'St James Square', zip: 'SW1', number: 12 },
    orders: Array.from({ length: 5 }, (_, index) => ({ number: index, item: 'punched cards', count: 3, paid: true })),
    avatar: 'x'.repeat(342),
  });

type Client = Awaited<ReturnType<typeof connectTo>>;

const connectTo = (url: string) => createClient({ url, commandOptions: { timeout: undefined } }).connect();

/** A request for each label; `{sha}` stands for the digest of the loaded script. */
const workloads: Readonly<Record<string, readonly string[]>> = {
  'read a document': ['JSON.GET', 'doc'],
  'read a field': ['JSON.GET', 'doc', '$["settings"]["key3"]'],
  'write a document': ['JSON.SET', 'doc', '$', user('doc')],
  'write a field': ['JSON.SET', 'doc', '$["email"]', '"a@example.com"'],
  increment: ['JSON.NUMINCRBY', 'doc', '$["age"]', '1'],
  'append to a list': ['JSON.ARRAPPEND', 'list', '$', '"x"'],
  'script of four commands': ['EVALSHA', '{sha}', '1', 'doc'],
};

async function prepare(client: Client): Promise<string> {
  await client.flushAll();
  await client.sendCommand(['JSON.SET', 'doc', '$', user('doc')]);
  await client.sendCommand(['JSON.SET', 'list', '$', '[]']);
  return client.scriptLoad(script);
}

/** Requests per second with `inFlight` of them under way at a time. */
async function rate(client: Client, request: readonly string[], inFlight: number): Promise<number> {
  const begin = performance.now();
  let count = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() - begin < sliceMs) {
      await client.sendCommand([...request]);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (count / (performance.now() - begin)) * 1000;
}

async function usedMemory(client: Client): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
}

/** Megabytes that 10,000 documents take. */
async function memoryOfDocuments(client: Client): Promise<number> {
  await client.flushAll();
  const before = await usedMemory(client);
  await Promise.all(
    Array.from({ length: 10_000 }, (_, index) => client.sendCommand(['JSON.SET', `User:${index}`, '$', user(String(index))])),
  );
  return ((await usedMemory(client)) - before) / 1e6;
}

const median = (values: readonly number[]): number => [...values].sort((left, right) => left - right)[values.length >> 1] ?? NaN;

async function startEmbedded(): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const program = resolve(__dirname, '../../dist/embedded/command-line.js');
  const child = execFile(process.execPath, [program, '--port', '0']);
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [string];
  return { url: `redis://127.0.0.1:${/:(\d+);/.exec(line)?.[1]}`, child };
}

async function startUpMs(): Promise<string> {
  const source = `const a = performance.now(); const { startEmbeddedRedis } = require(${JSON.stringify(resolve(__dirname, '../../dist/testing.js'))});
    const b = performance.now(); startEmbeddedRedis().then((redis) => { console.log((b - a).toFixed(0) + ' to import, ' + (performance.now() - b).toFixed(0) + ' to start'); return redis.close(); });`;
  const child = execFile(process.execPath, ['-e', source]);
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [string];
  return line.trim();
}

async function compare(real: Client, embedded: Client): Promise<void> {
  const [realSha, embeddedSha] = [await prepare(real), await prepare(embedded)];
  const filled = (request: readonly string[], sha: string): string[] => request.map((word) => (word === '{sha}' ? sha : word));
  console.log('| workload | in flight | real /s | embedded /s | ratio |\n| --- | --: | --: | --: | --: |');
  for (const [name, request] of Object.entries(workloads)) {
    for (const inFlight of [1, 64]) {
      const pairs: (readonly [number, number])[] = [];
      for (let round = 0; round < rounds; round += 1) {
        pairs.push([await rate(real, filled(request, realSha), inFlight), await rate(embedded, filled(request, embeddedSha), inFlight)]);
      }
      const [first, second] = [median(pairs.map(([rateOfReal]) => rateOfReal)), median(pairs.map(([, rateOfEmbedded]) => rateOfEmbedded))];
      const ratio = median(pairs.map(([left, right]) => right / left));
      console.log(`| ${name} | ${inFlight} | ${Math.round(first)} | ${Math.round(second)} | ${ratio.toFixed(2)} |`);
    }
  }
}

/** How many seconds the project's integration tests take on one server. */
function integrationSeconds(url: string): string {
  const jest = resolve(__dirname, '../../node_modules/jest/bin/jest.js');
  const begin = performance.now();
  const { status } = spawnSync(process.execPath, [jest, '--selectProjects', 'integration'], {
    cwd: resolve(__dirname, '../..'),
    env: { ...process.env, REDIS_URL: url },
    stdio: 'ignore',
  });
  return `${((performance.now() - begin) / 1000).toFixed(0)} s${status === 0 ? '' : ' (with failures)'}`;
}

async function main(): Promise<void> {
  const [server, { url, child }] = await Promise.all([startServer(), startEmbedded()]);
  const [real, embedded] = await Promise.all([connectTo(server.url), connectTo(url)]);
  await compare(real, embedded);
  const megabytes = [await memoryOfDocuments(real), await memoryOfDocuments(embedded)].map((value) => value.toFixed(0));
  console.log(
    `\nMemory of 10,000 documents: ${megabytes[0]} MB real (${server.name}), ${megabytes[1]} MB embedded. Start-up, ms: ${await startUpMs()}.`,
  );
  await Promise.all([real.close(), embedded.close()]);
  console.log(`Integration tests: ${integrationSeconds(server.url)} real, ${integrationSeconds(url)} embedded.`);
  child.kill('SIGTERM');
  await server.stop();
}

void main();
