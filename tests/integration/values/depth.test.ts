import { AtomicRedisModel, dict, Field, Init, json, Key, list, Model, nullable, RedisDict, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Comment extends AtomicRedisModel {
  @Field(String, { default: '' }) text!: string;
  @Field(nullable(() => Comment)) next!: Comment | null;
  @Field(list(() => Comment)) answers!: RedisList<Comment>;
  @Field(dict(() => Comment)) byUser!: RedisDict<Comment>;
  @Field(nullable(json())) meta!: unknown;
}

@Model()
class Thread extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(RedisInt) views!: RedisInt;
  @Field(nullable(() => Comment)) first!: Comment | null;
  @Field(list(() => Comment)) comments!: RedisList<Comment>;
  @Field(dict(() => Comment)) pinned!: RedisDict<Comment>;
}

/** How many levels RedisJSON takes inside a document, which is itself a level. */
const LEVELS = 126;

interface Nested {
  next?: Nested | null;
  answers?: Nested[];
  byUser?: Record<string, Nested>;
  meta?: unknown;
}

/** A comment with `levels` levels. The innermost comment has a list, which is a level as well. */
function chain(levels: number, around: (inner: Nested) => Nested = (next) => ({ next })): Init<Comment> {
  let comment: Nested = {};
  for (let level = 2; level < levels; level += 1) comment = around(comment);
  return comment;
}

function jsonOf(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

const tooDeep = (field: string): Error =>
  errorWith({ code: 'VALIDATION', problems: [errorWith({ field, expected: expect.stringContaining('nested at most') as string })] });

describeOnEveryBackend('values that nest deeply', (backend) => {
  useModels(backend, Thread, Comment);

  let id = '';
  let count = 0;
  beforeEach(() => {
    id = `t${(count += 1)}`;
  });

  const create = (): Promise<Thread> => Thread.create({ id });

  test('as deep as the server takes them, they are stored and read', async () => {
    const thread = await Thread.create({ id, first: chain(LEVELS) });
    await thread.aupdate({ first: chain(LEVELS) });
    await thread.pinned.asetItem('x', chain(LEVELS - 1));
    await thread.comments.aappend(chain(LEVELS - 1));
    await thread.save();

    expect(await Thread.get(id)).toEqual(thread);
  });

  type Change = [string, string, (thread: Thread, comment: Init<Comment>) => unknown, number];

  const changes: Change[] = [
    ['aupdate', 'first', (thread, first) => thread.aupdate({ first }), LEVELS],
    ['assignment', 'first', (thread, first) => (thread.first = first as Comment), LEVELS],
    ['aappend', 'comments[0]', (thread, comment) => thread.comments.aappend(comment), LEVELS - 1],
    ['push', 'comments[0]', (thread, comment) => thread.comments.push(comment), LEVELS - 1],
    ['asetItem', 'pinned.x', (thread, comment) => thread.pinned.asetItem('x', comment), LEVELS - 1],
    ['aupdate of a dict', 'pinned.x', (thread, comment) => thread.pinned.aupdate({ x: comment }), LEVELS - 1],
    ['assignment of a list', 'comments', (thread, comment) => thread.aupdate({ comments: [comment] }), LEVELS - 1],
  ];

  test.each(changes)('%s refuses a deeper one before anything is sent', async (_, field, change, most) => {
    const thread = await create();
    const before = thread.toJSON();

    const refused = thread.pipeline(async () => {
      thread.views.add(1);
      await change(thread, chain(most + 1));
    });
    await expect(refused).rejects.toThrow(tooDeep(field));

    expect(thread.toJSON()).toEqual(before);
    expect(await backend.json(Thread.keyOf(id))).toEqual(before);
    await thread.pipeline(async () => {
      thread.views.add(1);
      await change(thread, chain(most));
    });
    expect(await Thread.get(id)).toEqual(thread);
  });

  test.each<[string, (levels: number) => Init<Comment>]>([
    ['lists', (levels) => chain(levels, (inner) => ({ answers: [inner] }))],
    ['dicts', (levels) => chain(levels, (inner) => ({ byUser: { x: inner } }))],
    ['json', (levels) => ({ meta: jsonOf(levels) })],
    ['json in models', (levels) => ({ next: { next: { meta: jsonOf(levels) } } })],
  ])('%s count as well', async (_, valueOf) => {
    await expect(Thread.create({ id, first: valueOf(LEVELS) })).rejects.toThrow(tooDeep('first'));
    expect(await backend.json(Thread.keyOf(id))).toBeUndefined();
    await Thread.create({ id, first: valueOf(62) });
  });

  test('what grows step by step stays within what can be saved as a whole', async () => {
    const thread = await Thread.create({ id, first: chain(100) });
    let last = thread.first as Comment;
    while (last.next !== null) last = last.next;

    await expect(last.aupdate({ next: chain(28) })).rejects.toThrow(tooDeep(`first.${'next.'.repeat(99)}`.slice(0, -1)));
    await last.aupdate({ next: chain(27) });
    await thread.save();

    expect(await Thread.get(id)).toEqual(thread);
  });

  test('a value that holds itself is refused at once', async () => {
    const circular: Nested = {};
    Object.assign(circular, { next: circular, answers: [circular, circular], byUser: { x: circular } });
    const thread = await create();

    expect(() => (thread.first = circular as Comment)).toThrow(tooDeep('first'));
    await expect(thread.aupdate({ first: circular })).rejects.toThrow(tooDeep('first'));
    expect(() => Thread.build({ id, first: circular as Comment })).toThrow(tooDeep('first'));
  });
});
