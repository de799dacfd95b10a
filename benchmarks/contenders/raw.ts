import { createClient } from 'redis';
import { readAll } from '../sample/read-all';
import { keyOfId } from '../sample/sample-user';
import type { UserData } from '../sample/user-data';
import type { Connect, Contender, Step } from './contender';
import { inChunks } from './in-chunks';
import { CREATE_INDEX, INDEX, indexed } from './index-of-scores';
import { RawLock } from './raw-lock';

const INSERT_CHUNK = 100;
const GET_CHUNK = 250;

type Client = ReturnType<typeof openClient>;

/** A plain object with a Date; the avatar stays base64 text until it is read. */
interface RawUser extends Omit<UserData, 'avatar'> {
  avatar: string;
}

function openClient(url: string) {
  return createClient({ url, commandOptions: { timeout: undefined } });
}

/** node-redis tuned by hand: one round trip per verb, no timeout per command, ready-made arguments. */
class Raw implements Contender<RawUser> {
  private readonly lock: RawLock;

  constructor(private readonly client: Client) {
    this.lock = new RawLock((args) => client.sendCommand(args));
  }

  async open(): Promise<this> {
    await this.client.connect();
    await this.lock.load();
    return this;
  }

  async get(key: string): Promise<RawUser> {
    return hydrate(await this.client.sendCommand<string | null>(['JSON.GET', key]));
  }

  read(user: RawUser): number {
    return readAll(user, user.score, Buffer.from(user.avatar, 'base64'));
  }

  async save(data: UserData): Promise<void> {
    await this.client.sendCommand(['JSON.SET', keyOfId(data.id), '$', dump(data)]);
  }

  async setName(key: string, user: RawUser, name: string): Promise<void> {
    const reply = await this.client.sendCommand(['JSON.SET', key, '$.name', JSON.stringify(name)]);
    if (reply === null) throw new Error(`nothing written to ${user.id}`);
    user.name = name;
  }

  async append(key: string, user: RawUser, tag: string): Promise<number> {
    const [length] = await this.client.sendCommand<number[]>(['JSON.ARRAPPEND', key, '$.tags', JSON.stringify(tag)]);
    if (length === undefined) throw new Error(`nothing appended to ${user.id}`);
    return user.tags.push(tag);
  }

  async increment(key: string, user: RawUser, by: number): Promise<number> {
    const [score] = await this.client.sendCommand<number[]>(['JSON.NUMINCRBY', key, '$.score', String(by)]);
    if (typeof score !== 'number') throw new Error(`nothing added to ${user.id}`);
    return (user.score = score);
  }

  async pipeline(key: string, user: RawUser, steps: readonly Step[]): Promise<void> {
    const transaction = this.client.multi();
    for (const step of steps) transaction.addCommand(apply(user, key, step));
    await transaction.exec();
  }

  async withLock(key: string, name: string): Promise<void> {
    await this.lock.run(key, (text) => {
      const user = hydrate(text);
      user.age += 1;
      user.name = name;
      return JSON.stringify({ age: user.age, name: user.name });
    });
  }

  async insertMany(users: readonly UserData[]): Promise<void> {
    await inChunks(users, INSERT_CHUNK, (chunk) => {
      const args = ['JSON.MSET'];
      for (const user of chunk) args.push(keyOfId(user.id), '$', dump(user));
      return this.client.sendCommand(args);
    });
  }

  async getMany(keys: readonly string[]): Promise<RawUser[]> {
    const found = await inChunks(keys, GET_CHUNK, async (chunk) => {
      const texts = await this.client.sendCommand<(string | null)[]>(['JSON.MGET', ...chunk, '.']);
      return texts.map(hydrate);
    });
    return found.flat();
  }

  async indexScores(): Promise<void> {
    await this.client.sendCommand([...CREATE_INDEX, 'SCHEMA', '$.score', 'AS', 'score', 'NUMERIC']);
    await indexed((args) => this.client.sendCommand<Record<string, unknown>>(args));
  }

  async findByScore(from: number, below: number): Promise<RawUser[]> {
    const params = ['PARAMS', '4', 'from', String(from), 'below', String(below)];
    const args = ['FT.SEARCH', INDEX, '@score:[$from ($below]', ...params, 'RETURN', '1', '$', 'LIMIT', '0', '1000000', 'DIALECT', '2'];
    const { results } = await this.client.sendCommand<{ results: { extra_attributes: { $: string } }[] }>(args);
    return results.map(({ extra_attributes: { $: text } }) => hydrate(text));
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    const deleted = await this.client.sendCommand<number>(['UNLINK', ...keys]);
    if (deleted !== keys.length) throw new Error(`${deleted} of ${keys.length} deleted`);
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

function hydrate(text: string | null): RawUser {
  if (text === null) throw new Error('no such document');
  const user = JSON.parse(text) as RawUser;
  user.createdAt = new Date(user.createdAt); // JSON.parse leaves it as text.
  return user;
}

/** The fastest way to write this: an object literal with 12 members, or a date left to toJSON, costs 10 to 20% more. */
function dump(user: UserData): string {
  return JSON.stringify({ ...user, createdAt: user.createdAt.toISOString(), avatar: base64(user.avatar) });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Changes the local document and returns the command for the stored one. */
function apply(user: RawUser, key: string, step: Step): string[] {
  switch (step.kind) {
    case 'increment':
      user.score += step.by;
      return ['JSON.NUMINCRBY', key, '$.score', String(step.by)];
    case 'append':
      user.tags.push(step.item);
      return ['JSON.ARRAPPEND', key, '$.tags', JSON.stringify(step.item)];
    case 'set-item':
      user.settings[step.name] = step.value;
      return ['JSON.SET', key, `$.settings.${step.name}`, JSON.stringify(step.value)];
    case 'set-name':
      user.name = step.value;
      return ['JSON.SET', key, '$.name', JSON.stringify(step.value)];
  }
}

export const connect: Connect = (url) => new Raw(openClient(url)).open();
