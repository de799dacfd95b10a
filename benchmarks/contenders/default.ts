import { createClient } from 'redis';
import { readAll } from '../sample/read-all';
import { keyOfId, PREFIX } from '../sample/sample-user';
import type { UserData } from '../sample/user-data';
import type { Connect, Contender, Step } from './contender';
import { inChunks } from './in-chunks';
import { INDEX, indexed } from './index-of-scores';
import { withPolledLock } from './polled-lock';

const INSERT_CHUNK = 100;
const GET_CHUNK = 250;

type Client = ReturnType<typeof openClient>;
type Json = Parameters<Client['json']['set']>[2];

function openClient(url: string) {
  return createClient({ url });
}

/** node-redis as its README shows it: `createClient({ url })` and typed commands with `$` paths. */
class Default implements Contender<UserData> {
  constructor(private readonly client: Client) {}

  async get(key: string): Promise<UserData> {
    return hydrate(await this.client.json.get(key));
  }

  read(user: UserData): number {
    return readAll(user, user.score, user.avatar);
  }

  async save(data: UserData): Promise<void> {
    await this.client.json.set(keyOfId(data.id), '$', dump(data));
  }

  async setName(key: string, user: UserData, name: string): Promise<void> {
    const reply = await this.client.json.set(key, '$.name', name);
    if (reply === null) throw new Error(`nothing written to ${user.id}`);
    user.name = name;
  }

  async append(key: string, user: UserData, tag: string): Promise<number> {
    await this.client.json.arrAppend(key, '$.tags', tag);
    return user.tags.push(tag);
  }

  async increment(key: string, user: UserData, by: number): Promise<number> {
    const reply = await this.client.json.numIncrBy(key, '$.score', by);
    const [score] = reply;
    if (typeof score !== 'number') throw new Error(`nothing added to ${user.id}`);
    return (user.score = score);
  }

  async pipeline(key: string, user: UserData, steps: readonly Step[]): Promise<void> {
    const transaction = this.client.multi();
    for (const step of steps) {
      if (step.kind === 'increment') {
        user.score += step.by;
        transaction.json.numIncrBy(key, '$.score', step.by);
      } else if (step.kind === 'append') {
        user.tags.push(step.item);
        transaction.json.arrAppend(key, '$.tags', step.item);
      } else if (step.kind === 'set-item') {
        user.settings[step.name] = step.value;
        transaction.json.set(key, `$.settings.${step.name}`, step.value);
      } else {
        user.name = step.value;
        transaction.json.set(key, '$.name', step.value);
      }
    }
    await transaction.exec();
  }

  async withLock(key: string, name: string): Promise<void> {
    await withPolledLock(
      {
        take: async (lockKey, token, value) =>
          (await this.client.set(lockKey, token, { condition: 'NX', expiration: { type: 'PX', value } })) !== null,
        evaluate: (script, lockKey, token) => this.client.eval(script, { keys: [lockKey], arguments: [token] }),
      },
      key,
      async () => {
        const user = await this.get(key);
        await this.client.json.merge(key, '$', { age: user.age + 1, name });
      },
    );
  }

  async insertMany(users: readonly UserData[]): Promise<void> {
    await inChunks(users, INSERT_CHUNK, (chunk) =>
      this.client.json.mSet(chunk.map((user) => ({ key: keyOfId(user.id), path: '$', value: dump(user) }))),
    );
  }

  async getMany(keys: readonly string[]): Promise<UserData[]> {
    const found = await inChunks(keys, GET_CHUNK, async (chunk) => {
      const replies = (await this.client.json.mGet([...chunk], '$')) as unknown as ([unknown] | null)[];
      return replies.map((reply) => hydrate(reply?.[0] ?? null));
    });
    return found.flat();
  }

  async indexScores(): Promise<void> {
    await this.client.ft.create(INDEX, { '$.score': { type: 'NUMERIC', AS: 'score' } }, { ON: 'JSON', PREFIX: `${PREFIX}:` });
    await indexed((args) => this.client.sendCommand<Record<string, unknown>>(args));
  }

  async findByScore(from: number, below: number): Promise<UserData[]> {
    const { documents } = await this.client.ft.search(INDEX, `@score:[${from} (${below}]`, { LIMIT: { from: 0, size: 1_000 } });
    return documents.map(({ value }) => hydrate(value));
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    await this.client.del([...keys]);
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

function hydrate(found: unknown): UserData {
  if (found === null) throw new Error('no such document');
  const stored = found as Omit<UserData, 'createdAt' | 'avatar'> & { createdAt: string; avatar: string };
  return { ...stored, createdAt: new Date(stored.createdAt), avatar: Buffer.from(stored.avatar, 'base64') };
}

function dump(user: UserData): Json {
  const createdAt = user.createdAt.toISOString();
  return { ...user, createdAt, avatar: Buffer.from(user.avatar).toString('base64') } as unknown as Json;
}

export const connect: Connect = async (url) => {
  const client = openClient(url);
  await client.connect();
  return new Default(client);
};
