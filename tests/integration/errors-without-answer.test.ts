import { AtomicRedisModel, connect, Field, Key, list, Model, RedisInt, RedisList, type Database } from 'redatom';
import { PipelineOperations } from 'redatom/service';
import { describeOnEveryServer } from '../support/backends';
import { factsOf, failureOf } from '../support/failure-of';
import { TcpProxy } from '../support/tcp-proxy';

@Model()
class Far extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(RedisInt) n!: RedisInt;
  @Field(list(String)) tags!: RedisList<string>;
}

type Call = (far: Far, options: { timeoutMs?: number; signal?: AbortSignal }) => Promise<unknown>;

const at = { model: 'Far', key: 'Far:x' };

/** For each call: its name, how to make it, and the fields of its error when no server answers. */
const READS: readonly [string, Call, object][] = [
  ['get', (_, options) => Far.get('x', options), at],
  ['find', (_, options) => Far.find('x', options), at],
  ['load', (far, options) => far.load(options), at],
  ['load', (far, options) => far.tags.load(options), { ...at, path: '$["tags"]' }],
  ['getMany', (_, options) => Far.getMany(['x', 'y'], options), at],
  ['exists', (far, options) => far.exists(options), at],
  ['exists', (_, options) => Far.exists('x', options), at],
  ['ttl', (far, options) => far.ttl(options), at],
  ['afindKeys', (_, options) => Far.afindKeys(options), { model: 'Far' }],
  ['scan', (_, options) => Far.scan(options).next(), { model: 'Far' }],
];

const WRITES: readonly [string, Call, object][] = [
  ['deleteMany', (_, options) => Far.deleteMany(['x', 'y'], options), at],
  ['getOrCreate', (_, options) => Far.getOrCreate({ name: 'x' }, options), at],
  ['insertMany', (_, options) => Far.insertMany([{ name: 'x' }], options), at],
  ['create', (_, options) => Far.create({ name: 'x' }, options), at],
  ['duplicate', (far, options) => far.duplicate('y', options), { model: 'Far', key: 'Far:y' }],
  ['delete', (far, options) => far.delete(options), at],
  ['expire', (far, options) => far.expire(5, options), at],
  ['save', (far, options) => far.save(options), at],
  ['save', (far, options) => far.save({ ...options, mustBeNew: true }), at],
  ['aappend', (far, options) => far.tags.aappend('a', options), { ...at, path: '$["tags"]' }],
  ['apop', (far, options) => far.tags.apop(0, options), { ...at, path: '$["tags"]' }],
  ['aupdate', (far, options) => far.aupdate({ n: 1 }, options), { ...at, path: '$["n"]' }],
  ['aupdate', (far, options) => far.aupdate({ n: 1, tags: [] }, options), at],
  ['add', (far, options) => far.pipeline(() => far.n.add(1), options), { ...at, path: '$["n"]' }],
  ['pipeline', (far, options) => far.pipeline(() => (far.n.add(1), far.tags.push('a')), options), at],
  ['saveChanges', (far, options) => (far.n.add(1), far.tags.push('a'), far.saveChanges(options)), at],
];

describeOnEveryServer('errors without an answer', 'a proxy stands before it', (backend) => {
  let proxy: TcpProxy;
  let db: Database;

  beforeEach(async () => {
    proxy = await TcpProxy.start(backend.url);
    db = await connect({ url: proxy.url, timeoutMs: 10_000 }, { models: [Far] });
  });
  afterEach(async () => {
    proxy.letAnswersGo();
    await db.close();
    await proxy.close();
  });

  /** The error of a call in several parts names the time that was left for the part that took too long. */
  const IN_PARTS = ['afindKeys', 'scan', 'insertMany', 'deleteMany', 'pipeline', 'add'];
  const inWhole = (command: string, message: string): string =>
    IN_PARTS.includes(command) ? message.replace(/within [1-5]?\d ms/, 'within 60 ms') : message;

  const subject = (command: string, facts: object): string => ('key' in facts ? `${command} on ${JSON.stringify(facts.key)}` : command);

  test('of what was not sent name the verb and its document, and say why', async () => {
    const far = Far.build({ name: 'x' });
    await proxy.goAway();
    // By the end of this call the client has noticed.
    await failureOf(() => Far.exists('x', { timeoutMs: 200 }));

    for (const [command, call, facts] of [...READS, ...WRITES]) {
      const error = await failureOf(() => call(far, { timeoutMs: 60 }));

      expect(factsOf(error)).toMatchObject({ code: 'REDIS_CONNECTION', command, ...facts });
      // The reason at the end comes from the system or from the client.
      const [start, reason] = inWhole(command, error.message).split(/(?<= ms): /);
      expect(start).toBe(`${subject(command, facts)} was given up before it was sent: no connection within 60 ms`);
      expect(reason).toMatch(/ECONNREFUSED|ECONNRESET|closed unexpectedly/);
    }
    await proxy.comeBack();
  });

  test('of a connection for watched keys that was not there in time say why', async () => {
    proxy.holdAnswers();
    const watch = (limits: { timeoutMs?: number; signal?: AbortSignal }): Promise<Error> =>
      failureOf(() => new PipelineOperations(db).transact((pipe) => pipe.set('a', '1'), { watch: ['a'], ...limits }));
    const subject = 'nothing was sent: no connection of its own was there in time';

    expect((await watch({ timeoutMs: 20 })).message).toMatch(new RegExp(`^${subject}: none within \\d+ ms$`));
    expect((await watch({ signal: AbortSignal.abort(new Error('the user left')) })).message).toBe(
      `${subject}: the signal aborted: the user left`,
    );
  });

  test('of what was given up by a signal say its reason', async () => {
    const far = Far.build({ name: 'x' });
    const signal = AbortSignal.abort(new Error('the user left'));
    const told = await failureOf(() => far.n.increase(1, { signal }));
    const byWord = await failureOf(() => Far.get('x', { signal: AbortSignal.abort('enough') }));

    expect(told.message).toBe('increase on "Far:x" was given up before it was sent: the signal aborted: the user left');
    expect(byWord.message).toBe('get on "Far:x" was given up before it was sent: the signal aborted: enough');
  });

  test('of what got no answer name the verb and its document', async () => {
    await Far.getOrCreate({ name: 'x' });
    const far = Far.build({ name: 'x' });
    proxy.holdAnswers();

    for (const [command, call, facts] of READS) {
      const error = await failureOf(() => call(far, { timeoutMs: 60 }));

      expect(factsOf(error)).toEqual({ code: 'REDIS_CONNECTION', path: undefined, command, ...facts });
      expect(inWhole(command, error.message)).toBe(`${subject(command, facts)} got no reply: none arrived within 60 ms`);
    }
    for (const [command, call, facts] of WRITES) {
      const fresh = Far.build({ name: 'x' });
      const error = await failureOf(() => call(fresh, { timeoutMs: 60 }));

      expect(factsOf(error)).toMatchObject({ code: 'OUTCOME_UNKNOWN', command, ...facts });
      expect(error.message).toBe(
        `${subject(command, facts)} was sent, but its reply did not arrive: it may have been applied; load() shows what is stored`,
      );
    }
  });

  test('of a call that waited for its turn say why it was given up', async () => {
    const far = Far.build({ name: 'x' });
    proxy.holdAnswers();
    const first = far.n.increase(1, { timeoutMs: 300 }).catch(() => undefined);
    const error = await failureOf(() => far.save({ timeoutMs: 50 }));
    await first;

    expect(error).toMatchObject({ code: 'REDIS_CONNECTION', ...at });
    expect(error.message).toBe(
      'the call on "Far:x" was given up while it waited for other verbs of the instance: no reply within 50 ms; it did not run',
    );
  });
});
