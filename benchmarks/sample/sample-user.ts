import { seededRandom } from './random';
import type { StoredUser, UserData } from './user-data';

const WORDS = 'amber basil cedar delta ember fjord grove heron ivory jetty karst lilac mango nadir ochre pearl quill raven'.split(' ');

export const PREFIX = 'User';

function idOf(index: number): string {
  return flat(`u${String(index).padStart(7, '0')}`);
}

export function keyOf(index: number): string {
  return flat(keyOfId(idOf(index)));
}

export function keyOfId(id: string): string {
  return `${PREFIX}:${id}`;
}

/** Document number `index` as it is stored. Numbers have at most two decimals, which RedisJSON keeps exactly. */
export function storedUser(index: number): StoredUser {
  const random = seededRandom(index + 1);
  const word = (): string => WORDS[Math.floor(random() * WORDS.length)] ?? '';
  const user: StoredUser = {
    id: idOf(index),
    name: `${word()} ${word()} ${index}`,
    email: `${word()}.${index}@example.org`,
    age: 18 + Math.floor(random() * 60),
    score: Math.floor(random() * 1000),
    active: random() < 0.5,
    createdAt: new Date(1_700_000_000_000 + Math.floor(random() * 1e10)).toISOString(),
    tags: Array.from({ length: 10 }, (_, at) => `${word()}-${at}`),
    settings: Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`key${at}`, `${word()} ${word()}`])),
    address: { street: `${word()} street ${index % 100}`, city: word(), zip: String(10_000 + (index % 90_000)), country: 'NL' },
    orders: Array.from({ length: 5 }, (_, at) => ({
      sku: `sku-${index}-${at}`,
      title: `${word()} ${word()}`,
      quantity: 1 + Math.floor(random() * 9),
      price: Math.round(random() * 10_000) / 100,
    })),
    avatar: Buffer.from(Array.from({ length: 256 }, () => Math.floor(random() * 256))).toString('base64'),
  };
  return flatten(user);
}

/** Document number `index` as a program has it before it is stored. */
export function sampleUser(index: number): UserData {
  const stored = storedUser(index);
  return { ...stored, createdAt: new Date(stored.createdAt), avatar: new Uint8Array(Buffer.from(stored.avatar, 'base64')) };
}

/** A string joined from parts is a rope in V8, and the first code that reads it pays for flattening it. That must not be a contender. */
export function flat(text: string): string {
  return Buffer.from(text).toString();
}

function flatten(user: StoredUser): StoredUser {
  return JSON.parse(JSON.stringify(user)) as StoredUser;
}
