import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { FirstInFirstOut } from './first-in-first-out';

const LEASE_MS = '30000';
const POLL_MS = 1;

interface Script {
  readonly source: string;
  readonly sha1: string;
}

function script(source: string): Script {
  return { source, sha1: createHash('sha1').update(source).digest('hex') };
}

// KEYS: lock, document. ARGV: token, lease in ms. Answers the document, or false when the lock is taken.
const ACQUIRE = script(`
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return false end
return redis.call('JSON.GET', KEYS[2])`);

// KEYS: lock, document. ARGV: token, members to merge. Answers 0 when the lock was lost.
const RELEASE = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('JSON.MERGE', KEYS[2], '$', ARGV[2])
return redis.call('DEL', KEYS[1])`);

type Send = <T>(args: string[]) => Promise<T>;

/** A lock in two scripts: the first also loads, the second also saves. Tasks of this process queue up before asking the server. */
export class RawLock {
  private readonly waiting = new FirstInFirstOut();

  constructor(private readonly send: Send) {}

  async load(): Promise<void> {
    for (const { source } of [ACQUIRE, RELEASE]) await this.send(['SCRIPT', 'LOAD', source]);
  }

  /** `change` gets the text of the document and returns the JSON to merge into it. */
  async run(key: string, change: (text: string) => string): Promise<void> {
    const lockKey = `{${key}}/bench:lock`;
    const turn = this.waiting.enter(key);
    if (turn !== undefined) await turn;
    try {
      const token = randomUUID();
      let text = await this.send<string | null>(['EVALSHA', ACQUIRE.sha1, '2', lockKey, key, token, LEASE_MS]);
      while (text === null) {
        await sleep(POLL_MS);
        text = await this.send<string | null>(['EVALSHA', ACQUIRE.sha1, '2', lockKey, key, token, LEASE_MS]);
      }
      const released = await this.send<number>(['EVALSHA', RELEASE.sha1, '2', lockKey, key, token, change(text)]);
      if (released !== 1) throw new Error(`the lock ${lockKey} was lost`);
    } finally {
      this.waiting.leave(key);
    }
  }
}
