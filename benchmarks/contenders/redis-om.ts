import { createRequire } from 'node:module';
import { Repository, Schema } from 'redis-om';
import { readAll } from '../sample/read-all';
import { PREFIX } from '../sample/sample-user';
import type { UserData } from '../sample/user-data';
import type { Connect, Contender, Step } from './contender';
import { indexed } from './index-of-scores';
import { withPolledLock } from './polled-lock';

/** The part that is used of node-redis 4, which redis-om brings along. */
interface OldClient {
  connect(): Promise<unknown>;
  quit(): Promise<unknown>;
  set(key: string, value: string, options: { NX: true; PX: number }): Promise<string | null>;
  sendCommand(args: string[]): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

type OldRedis = { createClient(options: { url: string }): OldClient };

/** redis-om has no bytes, and its dates are numbers of seconds. Both are converted by hand, to store what the other contenders store. */
type Entity = Omit<UserData, 'createdAt' | 'avatar'> & { createdAt: string; avatar: string };

const USER = new Schema(PREFIX, {
  id: { type: 'string' },
  name: { type: 'string' },
  email: { type: 'string' },
  age: { type: 'number' },
  score: { type: 'number' },
  active: { type: 'boolean' },
  createdAt: { type: 'string' },
  tags: { type: 'string[]' },
  avatar: { type: 'string' },
});

/** redis-om: every change is a fetch and a save of the whole document, or a save of the one that was fetched. */
class RedisOm implements Contender<Entity> {
  private readonly users: Repository;

  constructor(private readonly client: OldClient) {
    this.users = new Repository(USER, client as unknown as ConstructorParameters<typeof Repository>[1]);
  }

  async get(key: string): Promise<Entity> {
    return this.fetch(idIn(key));
  }

  read(user: Entity): number {
    return readAll({ ...user, createdAt: new Date(user.createdAt) }, user.score, Buffer.from(user.avatar, 'base64'));
  }

  async save(data: UserData): Promise<void> {
    await this.users.save(data.id, entityOf(data));
  }

  async setName(_key: string, user: Entity, name: string): Promise<void> {
    user.name = name;
    await this.users.save(user.id, user);
  }

  async append(_key: string, user: Entity, tag: string): Promise<number> {
    const fresh = await this.fetch(user.id);
    fresh.tags.push(tag);
    await this.users.save(user.id, fresh);
    return user.tags.push(tag);
  }

  async increment(_key: string, user: Entity, by: number): Promise<number> {
    const fresh = await this.fetch(user.id);
    fresh.score += by;
    await this.users.save(user.id, fresh);
    return (user.score = fresh.score);
  }

  async pipeline(_key: string, user: Entity, steps: readonly Step[]): Promise<void> {
    for (const step of steps) apply(user, step);
    await this.users.save(user.id, user);
  }

  async withLock(key: string, name: string): Promise<void> {
    await withPolledLock(
      {
        take: async (lockKey, token, leaseMs) => (await this.client.set(lockKey, token, { NX: true, PX: leaseMs })) !== null,
        evaluate: (script, lockKey, token) => this.client.eval(script, { keys: [lockKey], arguments: [token] }),
      },
      key,
      async () => {
        const user = await this.fetch(idIn(key));
        user.age += 1;
        user.name = name;
        await this.users.save(user.id, user);
      },
    );
  }

  async insertMany(users: readonly UserData[]): Promise<void> {
    await Promise.all(users.map((user) => this.save(user)));
  }

  async getMany(keys: readonly string[]): Promise<Entity[]> {
    return (await this.users.fetch(keys.map(idIn))) as unknown as Entity[];
  }

  async indexScores(): Promise<void> {
    await this.users.createIndex();
    await indexed((args) => this.client.sendCommand([...args]), `${PREFIX}:index`);
  }

  async findByScore(from: number, below: number): Promise<Entity[]> {
    const found = await this.users.search().where('score').gte(from).and('score').lt(below).return.all({ pageSize: 1_000 });
    return found as unknown as Entity[];
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    await this.users.remove(keys.map(idIn));
  }

  async close(): Promise<void> {
    await this.client.quit();
  }

  private async fetch(id: string): Promise<Entity> {
    return (await this.users.fetch(id)) as unknown as Entity;
  }
}

function idIn(key: string): string {
  return key.slice(PREFIX.length + 1);
}

function entityOf(user: UserData): Record<string, unknown> {
  return { ...user, createdAt: user.createdAt.toISOString(), avatar: Buffer.from(user.avatar).toString('base64') };
}

function apply(user: Entity, step: Step): void {
  switch (step.kind) {
    case 'increment':
      user.score += step.by;
      return;
    case 'append':
      user.tags.push(step.item);
      return;
    case 'set-item':
      user.settings[step.name] = step.value;
      return;
    case 'set-name':
      user.name = step.value;
  }
}

export const connect: Connect = async (url) => {
  const redis = createRequire(require.resolve('redis-om'))('redis') as OldRedis;
  const client = redis.createClient({ url });
  await client.connect();
  return new RedisOm(client);
};
