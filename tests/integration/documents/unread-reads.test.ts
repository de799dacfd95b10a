import {
  AtomicRedisModel,
  CorruptDocumentError,
  dict,
  Field,
  Key,
  KeyNotFoundError,
  list,
  literal,
  Model,
  nullable,
  PathMismatchError,
  PipelineNeedsReplyError,
  RedisDict,
  RedisInt,
  RedisList,
  RedisStr,
  ValidationError,
  type CallOptions,
  type DocumentAt,
} from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Step extends AtomicRedisModel {
  @Field(String) title!: string;
  @Field(Boolean) isDone = false;
  @Field(list(String), { default: ['first'] }) notes!: RedisList<string>;
}

@Model()
class Part extends AtomicRedisModel {
  @Key() @Field(String, { default: 'main' }) name!: string;
  @Field(String, { default: 'none' }) note!: string;
}

@Model()
class Run extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(literal('idle', 'busy'), { default: 'idle' }) status!: 'idle' | 'busy';
  @Field(RedisInt) tokens!: RedisInt;
  @Field(RedisStr, { default: 'none' }) goal!: RedisStr;
  @Field(Date, { format: 'epochMs', default: () => new Date(7) }) begunAt!: Date;
  @Field(BigInt, { default: 5n }) size!: bigint;
  @Field(Uint8Array, { default: () => Buffer.from('x') }) digest!: Uint8Array;
  @Field(list(nullable(String))) messages!: RedisList<string | null>;
  @Field(list(() => Step)) steps!: RedisList<Step>;
  @Field(list(Date), { default: () => [new Date(1), new Date(2)] }) times!: RedisList<Date>;
  @Field(dict(nullable(String)), { default: { lang: 'en' } }) results!: RedisDict<string | null>;
  @Field(dict(() => Step)) byName!: RedisDict<Step>;
  @Field(() => Step, { nullable: true }) current!: Step | null;
  @Field(() => Step, { default: () => ({ title: 'plan' }) }) plan!: Step;
  @Field(() => Step) own!: Step;
  @Field(() => Part, { default: {} }) part!: Part;
  @Field(String, { default: 'n' }) 'the name'!: string;
}

/** A document of an older release, which lacks all fields that have a default. */
const OLD = { id: 'old', tokens: 3, messages: [], steps: [], byName: {}, own: { title: 'own' }, part: { note: 'stored' } };

const full = {
  status: 'busy' as const,
  tokens: 9,
  goal: 'win',
  begunAt: new Date(1_000),
  size: 12n,
  messages: ['a', null, 'c', 'd', 'e'],
  steps: [{ title: 's0' }, { title: 's1', isDone: true }],
  times: [new Date(10), new Date(20)],
  results: { a: '1', 'b c': null, ' \\odd': 'x', ['__proto__']: 'data' },
  byName: { first: { title: 'f', notes: [] } },
  current: { title: 'now' },
  own: { title: 'own' },
};

type Read = (run: DocumentAt<Run>) => Promise<unknown>;

describeOnEveryBackend('reads of parts of a document', (backend) => {
  useModels(backend, Run);

  const created = async (): Promise<DocumentAt<Run>> => Run.at((await Run.build({ id: 'full', ...full }).save()).key);
  const stored = async (document: unknown = OLD): Promise<DocumentAt<Run>> => {
    await backend.send('JSON.SET', 'Run:old', '$', JSON.stringify(document));
    return Run.at('old');
  };

  test.each<[string, Read, unknown]>([
    [
      'some fields',
      (run) => run.load(['status', 'tokens', 'current']),
      { status: 'busy', tokens: 9, current: { title: 'now', isDone: false, notes: ['first'] } },
    ],
    ['one field', (run) => run.load(['goal']), { goal: 'win' }],
    ['fields with any names', (run) => run.load(['the name', 'goal']), { 'the name': 'n', goal: 'win' }],
    ['a field that is named twice', (run) => run.load(['goal', 'goal']), { goal: 'win' }],
    ['the key', (run) => run.load(['id']), { id: 'full' }],
    ['an enum', (run) => run.status.load(), 'busy'],
    ['a number', (run) => run.tokens.load(), 9],
    ['a text', (run) => run.goal.load(), 'win'],
    ['a date', (run) => run.begunAt.load(), new Date(1_000)],
    ['a bigint', (run) => run.size.load(), 12n],
    ['bytes', (run) => run.digest.load(), Buffer.from('x')],
    ['a list', (run) => run.messages.load(), ['a', null, 'c', 'd', 'e']],
    ['the end of a list', (run) => run.messages.aslice(-2), ['d', 'e']],
    ['the middle of a list', (run) => run.messages.aslice(1, 3), [null, 'c']],
    ['a list up to its last item', (run) => run.messages.aslice(-3, -1), ['c', 'd']],
    ['a range beyond the start', (run) => run.messages.aslice(-100, 2), ['a', null]],
    ['a range beyond the end', (run) => run.messages.aslice(4, 100), ['e']],
    ['no items', (run) => run.messages.aslice(5), []],
    ['a range that is empty', (run) => run.messages.aslice(3, 1), []],
    ['all items', (run) => run.messages.aslice(), ['a', null, 'c', 'd', 'e']],
    ['items that are models', (run) => run.steps.aslice(-1), [{ title: 's1', isDone: true, notes: ['first'] }]],
    ['items that are dates', (run) => run.times.aslice(1), [new Date(20)]],
    ['a length', (run) => run.messages.alength(), 5],
    ['a dict', (run) => run.results.load(), full.results],
    ['a member', (run) => run.results.aget('a'), '1'],
    ['a member that is null', (run) => run.results.aget('b c'), null],
    ['a member whose name no path can carry', (run) => run.results.aget(' \\odd'), 'x'],
    ['a member with a name of Object', (run) => run.results.aget('__proto__'), 'data'],
    ['no member', (run) => run.results.aget('constructor'), undefined],
    ['no member of the default', (run) => run.results.aget('lang'), undefined],
    ['names', async (run) => (await run.results.akeys()).sort(), [' \\odd', '__proto__', 'a', 'b c']],
    ['a member that is a model', (run) => run.byName.aget('first'), { title: 'f', isDone: false, notes: [] }],
    ['the same', (run) => run.byName.at('first').load(), { title: 'f', isDone: false, notes: [] }],
    ['a field of it', (run) => run.byName.at('first').title.load(), 'f'],
    ['fields of it', (run) => run.byName.at('first').load(['title', 'isDone']), { title: 'f', isDone: false }],
    ['a list in it', (run) => run.byName.at('first').notes.aslice(), []],
    ['a nested model', (run) => run.current.load(), { title: 'now', isDone: false, notes: ['first'] }],
    ['fields of a nested model', (run) => run.current.load(['title']), { title: 'now' }],
    ['a field of a nested model', (run) => run.current.isDone.load(), false],
  ])('%s', async (_, read, expected) => {
    expect(await read(await created())).toEqual(expected);
  });

  test.each<[string, Read, unknown]>([
    ['fields', (run) => run.load(['status', 'tokens', 'size']), { status: 'idle', tokens: 3, size: 5n }],
    ['a field that may be null', (run) => run.current.load(), null],
    ['a nested model', (run) => run.plan.load(), { title: 'plan', isDone: false, notes: ['first'] }],
    ['fields of a nested model that is missing', (run) => run.plan.load(['title']), { title: 'plan' }],
    ['a list in a nested model that is missing', (run) => run.plan.notes.aslice(), ['first']],
    ['a field of a nested model that is there', (run) => run.own.isDone.load(), false],
    ['a list in a nested model that is there', (run) => run.own.notes.alength(), 1],
    ['the key of a nested model that is there', (run) => run.part.load(['name', 'note']), { name: 'main', note: 'stored' }],
    ['a list', (run) => run.times.load(), [new Date(1), new Date(2)]],
    ['the end of a list', (run) => run.times.aslice(-1), [new Date(2)]],
    ['a length', (run) => run.times.alength(), 2],
    ['a list that is there, and empty', (run) => run.messages.alength(), 0],
    ['a dict', (run) => run.results.load(), { lang: 'en' }],
    ['a member', (run) => run.results.aget('lang'), 'en'],
    ['a member whose name no path can carry', (run) => run.results.aget(' \\odd'), undefined],
    ['names', (run) => run.results.akeys(), ['lang']],
    ['names of a dict that is there, and empty', (run) => run.byName.akeys(), []],
  ])('give the defaults of an older document: %s', async (_, read, expected) => {
    expect(await read(await stored())).toEqual(expected);
  });

  test('take the key from the key where a document does not repeat it', async () => {
    const { id: _, ...rest } = OLD;
    const run = await stored(rest);

    expect([await run.load(['id', 'tokens']), await run.id.load()]).toEqual([{ id: 'old', tokens: 3 }, 'old']);
  });

  const READS: [string, Read][] = [
    ['fields', (run) => run.load(['status', 'current'])],
    ['a field', (run) => run.status.load()],
    ['a field of a model', (run) => run.current.title.load()],
    ['a slice', (run) => run.messages.aslice(-1)],
    ['a length', (run) => run.messages.alength()],
    ['a member', (run) => run.results.aget('a')],
    ['a member of which no path can carry the name', (run) => run.results.aget('\\')],
    ['names', (run) => run.results.akeys()],
  ];

  test.each(READS)('refuse a document that is not there: %s', async (_, read) => {
    await expect(read(Run.at('none'))).rejects.toThrow(KeyNotFoundError);
  });

  test.each(READS)('refuse a key of another type: %s', async (_, read) => {
    await backend.send('SET', 'Run:text', 'text');

    await expect(read(Run.at('text'))).rejects.toThrow(
      errorWith({ code: 'PATH_MISMATCH', key: 'Run:text', expected: 'a JSON document', found: 'another Redis type' }),
    );
  });

  test.each(READS)('refuse a document that is no object: %s', async (_, read) => {
    await expect(read(await stored(['a list']))).rejects.toThrow(PathMismatchError);
  });

  test.each(READS)('belong before a pipeline of the document: %s', async (_, read) => {
    const run = await created();
    await expect(run.pipeline((queued) => read(queued as unknown as typeof run))).rejects.toThrow(PipelineNeedsReplyError);
  });

  test.each<[string, object, Read, object]>([
    [
      'a list that is text',
      { messages: 'x' },
      (run) => run.messages.aslice(),
      { expected: 'a list', found: 'string', path: '$["messages"]' },
    ],
    [
      'the length of text',
      { messages: 'x' },
      (run) => run.messages.alength(),
      { expected: 'a list', found: 'string', path: '$["messages"]' },
    ],
    [
      'a member of a list',
      { results: [] },
      (run) => run.results.aget('a'),
      { expected: 'an object', found: 'array', path: '$["results"]' },
    ],
    ['names of null', { results: null }, (run) => run.results.akeys(), { expected: 'an object', found: 'null', path: '$["results"]' }],
    [
      'a field of null',
      { current: null },
      (run) => run.current.load(['title']),
      { expected: 'an object', found: 'null', path: '$["current"]' },
    ],
    [
      'a field of what is missing, and may be null',
      {},
      (run) => run.current.title.load(),
      { expected: 'an object', found: 'null', path: '$["current"]' },
    ],
    [
      'a member that is not there',
      {},
      (run) => run.byName.at('x').load(),
      { expected: 'a value', found: 'nothing', path: '$["byName"]["x"]' },
    ],
    [
      'a field of a member that is not there',
      {},
      (run) => run.byName.at('x').title.load(),
      { expected: 'an object', found: 'nothing', path: '$["byName"]["x"]' },
    ],
  ])('refuse what is not what it should be: %s', async (_, change, read, facts) => {
    await expect(read(await stored({ ...OLD, ...change }))).rejects.toThrow(
      errorWith({ code: 'PATH_MISMATCH', model: 'Run', key: 'Run:old', ...facts }),
    );
  });

  test.each<[string, object, Read, string[]]>([
    ['fields', { tokens: 'x', status: 'lost', goal: 'ok' }, (run) => run.load(['status', 'goal', 'tokens']), ['status', 'tokens']],
    ['a field without a default that is missing', { own: {} }, (run) => run.own.load(['title', 'isDone']), ['own.title']],
    ['a model', { own: { title: 1, isDone: 0 } }, (run) => run.own.load(), ['own.title', 'own.isDone']],
    ['items from the end', { messages: ['a', 1, 'c', 2] }, (run) => run.messages.aslice(-3), ['messages[-3]', 'messages[-1]']],
    ['items from the start', { messages: ['a', 1, 'c'] }, (run) => run.messages.aslice(1, 3), ['messages[1]']],
    ['a member', { results: { a: 1 } }, (run) => run.results.aget('a'), ['results.a']],
  ])('say what does not fit the class: %s', async (_, change, read, fields) => {
    const error = await read(await stored({ ...OLD, ...change })).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(CorruptDocumentError);
    expect((error as CorruptDocumentError).problems.map(({ field }) => field)).toEqual(fields);
  });

  test.each<[string, Read, string]>([
    ['no fields', (run) => run.load([]), "load() takes the names of one field or more, such as ['email'], found an empty list"],
    ['a field that there is not', (run) => run.load(['nope' as never]), 'Run has no field the text "nope"'],
    ['one of a nested model', (run) => run.own.load(['toString' as never]), 'Step has no field the text "toString"'],
    ['options that are none', (run) => run.load('status' as never), 'a call takes its options as an object, found the text "status"'],
  ])('refuse %s', async (_, read, message) => {
    const run = await created();
    const sent = await backend.commandsSent(() => expect(read(run)).rejects.toThrow(new TypeError(message)));
    expect(sent).toEqual([]);
  });

  const LIMITS: [unknown, string][] = [
    [{ timeoutMs: 0 }, 'timeoutMs must be a positive number of milliseconds, found the number 0'],
    [{ timeoutMs: null }, 'timeoutMs must be a positive number of milliseconds, found null'],
    [{ timeoutMs: 'soon' }, 'timeoutMs must be a positive number of milliseconds, found the text "soon"'],
    [null, 'a call takes its options as an object, found null'],
  ];

  test.each(LIMITS)('refuse the limits %j, and send nothing', async (limits, message) => {
    const run = await created();
    const call = limits as CallOptions;
    const reads = [() => run.load(['status'], call), () => run.messages.aslice(0, 1, call), () => run.results.akeys(call)];
    const sent = await backend.commandsSent(async () => {
      for (const read of reads) await expect(read()).rejects.toThrow(message);
    });
    expect(sent).toEqual([]);
  });

  test.each<[string, Read]>([
    ['half a position', (run) => run.messages.aslice(0.5)],
    ['a text', (run) => run.messages.aslice(0, '2' as never)],
    ['a name that is no text', (run) => run.results.aget(5 as never)],
  ])('refuse %s as a place, and send nothing', async (_, read) => {
    const run = await created();
    const sent = await backend.commandsSent(() => expect(read(run)).rejects.toThrow(ValidationError));
    expect(sent).toEqual([]);
  });

  test.each<[string, Read, string[]]>([
    ['fields', (run) => run.load(['status', 'tokens']), ['JSON.GET']],
    ['a field', (run) => run.status.load(), ['JSON.GET']],
    ['a slice', (run) => run.messages.aslice(-1), ['JSON.GET']],
    ['a slice without items', (run) => run.messages.aslice(100), ['JSON.GET', 'JSON.TYPE']],
    ['a length', (run) => run.messages.alength(), ['JSON.ARRLEN']],
    ['a member', (run) => run.results.aget('a'), ['JSON.GET']],
    ['a member that is not there', (run) => run.results.aget('x'), ['JSON.GET', 'JSON.TYPE']],
    ['names', (run) => run.results.akeys(), ['JSON.OBJKEYS']],
  ])('send %s', async (_, read, commands) => {
    const run = await created();
    expect(await backend.commandsSent(() => read(run))).toEqual(commands);
  });
});
