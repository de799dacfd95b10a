import ts from 'typescript';
import { Editor } from './user/editor';
import { UserFolder } from './user/folder';

const IMPORTS = `import { AtomicRedisModel, dict, Field, list, literal, Model, nullable, pipeline, RedisDict, RedisInt, RedisList, RedisStr } from 'redatom';`;

const MODELS = `${IMPORTS}
@Model()
class Address extends AtomicRedisModel {
  @Field(String) city!: string;
}
@Model()
class User extends AtomicRedisModel {
  /** In years. */
  @Field(Number) age!: number;
  @Field(literal('open', 'closed')) state!: 'open' | 'closed';
  @Field(RedisInt) score!: RedisInt;
  @Field(RedisStr) title!: RedisStr;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(dict(String)) settings!: RedisDict<string>;
  @Field(() => Address) home!: Address;
  @Field(list(() => Address)) places!: RedisList<Address>;
}
`;

const PROGRAM = `${MODELS}
import { Batch } from 'redatom/batch';
const user = await User.create({ age: 3 });
await User.getMany([]);
user.field('age').value;
await user.pipeline(async (piped, commands) => commands.get(piped.key));
const batch = new Batch(true);
batch.get('a');
await user.withLock('a', (fresh) => fresh.age);
await User.transact('a', (fresh) => fresh.age);
user.home.city;
user.score.value;
user.title.value;
user.tags.length;
user.settings.size;
user.places.append({ });
User.build({ home: { } });
user.update({ places: [{ }] });
const unread = User.at('a');
unread.key;
unread.tags.aappend('x');
unread.home.aupdate({ city: 'Rome' });
await unread.pipeline(async (queued) => queued.key);
await pipeline([user, unread], ([inside, queuedToo]) => inside.score.add(1));
await User.findBy({ });
await User.findBy({ places: { } });
await User.findBy({ score: { } });
await User.findBy({ $or: [{ tags: { } }] });
await User.findBy({ state: '' }, { });
await User.findBy({ age: 1 }, { orderBy: { } });
await User.findBy({ age: 2 }, { orderBy: { age: '' } });
user.update({ age: 5 });
user.toObject().age;
unread.age.increase();
await unread.pipeline(async (alsoQueued) => alsoQueued.age.increase());
`;

let folder: UserFolder;
let editor: Editor;
beforeAll(() => {
  folder = new UserFolder(PROGRAM);
  editor = new Editor(folder.main);
}, 120_000);
afterAll(() => folder.remove());

describe('an editor', () => {
  test.each([
    ['user.', 'withLock'],
    ['user.home.', 'aupdate'],
    ['user.score.', 'increase'],
    ["user.field('age').", 'increase'],
    ['user.title.', 'aappend'],
    ['user.tags.', 'aappend'],
    ['user.settings.', 'asetItem'],
    ['unread.', 'pipeline'],
    ['unread.tags.', 'aappend'],
    ['unread.home.', 'aupdate'],
    ['queued.', 'aupdate'],
    ['commands.', 'customCommand'],
    ['batch.', 'copy'],
  ])('offers after "%s" the verbs, and nothing of what is inside', (beginning, verb) => {
    const offered = editor.completionsAfter(beginning);

    expect(offered).toContain(verb);
    expect(offered.filter((name) => /^([A-Z_]+|record\w*|forget)$/.test(name))).toEqual([]);
  });

  test.each(['user.places.append({ ', 'home: { ', 'places: [{ '])(
    'offers after "%s" the fields of the model, and no verbs',
    (beginning) => {
      expect(editor.completionsAfter(beginning)).toEqual(['city']);
    },
  );

  test.each([
    ['User.findBy({ ', ['$and', '$not', '$or', 'age', 'home', 'places', 'score', 'state', 'tags', 'title']],
    ['findBy({ places: { ', ['city']],
    ['findBy({ score: { ', ['$eq', '$gt', '$gte', '$in', '$lt', '$lte', '$ne', '$nin']],
    ['$or: [{ tags: { ', ['$all', '$eq', '$in', '$ne', '$nin']],
    ["findBy({ state: '", ['open', 'closed']],
    ["findBy({ state: '' }, { ", ['limit', 'offset', 'onCorrupt', 'orderBy', 'signal', 'timeoutMs']],
    ['age: 1 }, { orderBy: { ', ['age', 'home', 'score', 'state', 'title']],
    ["orderBy: { age: '", ['asc', 'desc']],
  ])('offers after "%s" what can be searched by', (beginning, names) => {
    expect(editor.completionsAfter(beginning)).toEqual(names);
  });

  test.each(['User.create({ age', 'user.update({ age', 'toObject().age', 'unread.age', 'alsoQueued.age', 'findBy({ age', 'orderBy: { age'])(
    'leads from "%s" to the field, shows its comment, and renames it with the field',
    (beginning) => {
      const declared = editor.placeOf('@Field(Number) age');

      expect(editor.declarationsOf(beginning)).toEqual([declared]);
      expect(editor.hoverAt(beginning).comment).toBe('In years.');
      expect(editor.renamedWith('@Field(Number) age')).toEqual(expect.arrayContaining([declared, editor.placeOf(beginning)]));
    },
  );

  test.each([
    ['User.create', 'create<User>(this: ModelConstructor<User>, init?: Init<User> | undefined, options?: CallOptions): Promise<User>'],
    [
      'User.getMany',
      'getMany<User>(this: ModelConstructor<User>, keysOrPks: readonly string[], options?: CallOptions): Promise<FoundDocuments<User>>',
    ],
    ['user.field', 'field<"age">(name: "age"): RedisFloat<number>'],
    [
      'user.pipeline',
      'pipeline(work: (document: User, commands: CommandPipe) => unknown, options?: PipelineOptions): Promise<PipelineResult>',
    ],
    [
      'user.withLock',
      'withLock<number>(action: string, work: (document: User, lock: HeldLockInfo) => number | Promise<number>, options?: WithLockOptions): Promise<number>',
    ],
    ['const unread', 'const unread: DocumentAt<User>'],
    ['(queued', '(parameter) queued: QueuedAt<User>'],
    ['queuedToo', 'queuedToo: QueuedAt<User>'],
  ])('shows of "%s" what can be read', (beginning, signature) => {
    expect(editor.hoverAt(beginning).signature).toContain(signature);
  });

  test.each(['User.create', 'user.pipeline', 'unread.tags.aappend', 'unread.home.aupdate'])('shows the comment of "%s"', (beginning) => {
    expect(editor.hoverAt(beginning).comment).not.toBe('');
  });
});

const MISTAKES: readonly (readonly [declaration: string, said: string])[] = [
  ['@Field(Number) wrong!: string', 'TypeDoesNotFit<number, string>'],
  ['@Field(list(String)) wrong!: RedisList<number>', 'TypeDoesNotFit<readonly string[], RedisList<number>>'],
  ['@Field(RedisList) wrong!: RedisList<number>', 'TypeDoesNotFit<WriteListOrDict, RedisList<number>>'],
  ['@Field(() => Address, { nullable: true }) wrong!: Address', 'NullableFieldNeeds<Address | null>'],
  ['@Field(nullable(String)) wrong!: string', 'NullableFieldNeeds<string | null>'],
  ['@Field(String) static wrong: string', 'FieldsAreOfInstances'],
];

describe.each([
  ['legacy', { experimentalDecorators: true }],
  ['standard', {}],
])('a compiler of %s decorators', (_, options) => {
  test('says of a field that is declared wrongly, in three lines, what is wrong', () => {
    folder.write(
      `${MODELS}${MISTAKES.map(([declaration], index) => `class W${index} extends AtomicRedisModel { ${declaration}; }`).join('\n')}`,
    );

    const said = folder.complaints({ ...options, target: ts.ScriptTarget.ES2022, types: [] });

    expect(said).toEqual(MISTAKES.map(([, text]) => expect.stringContaining(text) as string));
    expect(said.filter((text) => text.split('\n').length > 3)).toEqual([]);
  }, 120_000);
});

test('a compiler says of one wrong item in a line that it is wrong, and nothing of the others', () => {
  const calls = [
    "await User.create({ places: [{ city: 'Rome' }, { city: 1 }] });",
    "User.build().update({ places: [{ city: 'Rome' }, { city: 1 }] });",
    "User.build().places.append({ city: 'Rome' }, { city: 1 });",
    "User.build().places.extend([{ city: 'Rome' }, { city: 1 }]);",
    "User.build().places.assign([{ city: 'Rome' }, { city: 1 }]);",
    "await User.build().places.aextend([{ city: 'Rome' }, { city: 1 }]);",
    "await User.at('a').places.aextend([{ city: 'Rome' }, { city: 1 }]);",
  ];
  folder.write(`${MODELS}${calls.join('\n')}`);

  const said = folder.complaints({ target: ts.ScriptTarget.ES2022, types: [] });

  expect(said).toEqual(calls.map(() => "Type 'number' is not assignable to type 'string'."));
}, 120_000);

test('a compiler says of an instance that is spread what to spread', () => {
  const calls = [
    'User.build({ ...User.build(), age: 4 });',
    'User.build().update({ ...User.build() });',
    "User.build().update({ home: { ...User.build().home, city: 'Rome' } });",
    "User.at('a').home.aupdate({ ...Address.build() });",
  ];
  folder.write(`${MODELS}${calls.join('\n')}`);

  const said = folder.complaints({ target: ts.ScriptTarget.ES2022, types: [] });

  expect(said).toEqual(calls.map(() => expect.stringContaining('spread its toObject()') as string));
}, 120_000);
