import {
  AtomicRedisModel,
  dict,
  Field,
  Key,
  KeyNotFoundError,
  list,
  Model,
  RedisConnectionError,
  RedisDict,
  RedisList,
  type DocumentAt,
} from 'redatom';
import { describeOnEveryServer } from '../../support/backends';
import { TcpProxy } from '../../support/tcp-proxy';
import { useDatabase } from '../../support/use-models';

@Model()
class Thread extends AtomicRedisModel {
  @Field(String) title!: string;
  @Field(Boolean) isDone = false;
  @Field(list(String), { default: ['first'] }) notes!: RedisList<string>;
}

@Model()
class Chat extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(dict(() => Thread)) threads!: RedisDict<Thread>;
  @Field(() => Thread, { nullable: true }) current!: Thread | null;
  @Field(() => Thread, { default: () => ({ title: 'plan' }) }) plan!: Thread;
}

const KEY = 'Chat:1';

type Read = (chat: DocumentAt<Chat>) => Promise<unknown>;

describeOnEveryServer('reads of parts that take two requests', 'a proxy stands in front of it and keeps one back', (backend) => {
  let proxy: TcpProxy;
  const database = useDatabase(async () => (proxy = await TcpProxy.start(backend.url)).url, [Chat]);
  beforeEach(() => backend.send('JSON.SET', KEY, '$', '{"threads":{},"current":null}'));
  afterAll(async () => {
    await database().close();
    await proxy.close();
  });

  /** Starts a read, and runs `meanwhile` after its first request is answered and before its second reaches the server. */
  async function during(read: Read, meanwhile: () => unknown): Promise<unknown> {
    const held = proxy.onRequest('JSON.TYPE', 'hold request');
    const reading = read(Chat.at('1')).catch((error: unknown) => error);
    await held;
    await meanwhile();
    proxy.letRequestsGo();
    return reading;
  }

  const NEW = { title: 'new', isDone: true, notes: [] };

  test.each<[string, object, Read, unknown]>([
    ['fields of a model', { current: NEW }, (chat) => chat.current.load(['isDone', 'notes']), { isDone: true, notes: [] }],
    ['a field without a default', { current: NEW }, (chat) => chat.current.title.load(), 'new'],
    ['fields of a model with a default', { plan: NEW }, (chat) => chat.plan.load(['title', 'isDone']), { title: 'new', isDone: true }],
    ['fields of a member', { threads: { a: NEW } }, (chat) => chat.threads.at('a').load(['title']), { title: 'new' }],
    ['fields that it lacks', { threads: { a: { title: 'new' } } }, (chat) => chat.threads.at('a').notes.load(), ['first']],
  ])('give what another writer puts there meanwhile: %s', async (_, change, read, expected) => {
    expect(await during(read, () => backend.send('JSON.MERGE', KEY, '$', JSON.stringify(change)))).toEqual(expected);
  });

  test('say that the document has gone meanwhile', async () => {
    expect(
      await during(
        (chat) => chat.plan.title.load(),
        () => backend.send('DEL', KEY),
      ),
    ).toBeInstanceOf(KeyNotFoundError);
  });

  test('are given up meanwhile', async () => {
    const given = new AbortController();
    const read: Read = (chat) => chat.plan.load(['title'], { signal: given.signal });
    expect(await during(read, () => given.abort())).toBeInstanceOf(RedisConnectionError);
  });
});
