import {
  AtomicRedisModel,
  dict,
  Field,
  Key,
  list,
  Model,
  RedisDict,
  RedisFloat,
  RedisInt,
  RedisList,
  RedisStr,
  Version,
  type DocumentAt,
} from 'redatom';

@Model()
export class Note extends AtomicRedisModel {
  @Field(String) text!: string;
  @Field(RedisInt) likes!: RedisInt;
}

abstract class Values extends AtomicRedisModel {
  @Field(RedisInt) count!: RedisInt;
  @Field(RedisFloat, { default: 1.5 }) ratio!: RedisFloat;
  @Field(Number) age!: number;
  @Field(RedisStr) title!: RedisStr;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(list(() => Note)) notes!: RedisList<Note>;
  @Field(dict(Number)) counts!: RedisDict<number>;
  @Field(dict(() => Note)) byName!: RedisDict<Note>;
  @Field(Boolean, { default: false }) open!: boolean;
}

@Model()
export class Part extends Values {}

@Model()
export class Whole extends Values {
  @Key() @Field(String) id!: string;
  @Field(() => Part) part!: Part;
  @Field(() => Part, { nullable: true }) maybe!: Part | null;
}

@Model({ ttl: 1000 })
export class Lasting extends Whole {}

@Model()
export class Counted extends Whole {
  @Version() version!: number;
}

/** Values for all fields, which are the same in stored form. */
export const values = {
  count: 5,
  ratio: 1.5,
  age: 30,
  title: 'Ti',
  tags: ['a', 'b', 'c'],
  notes: [{ text: 'first', likes: 1 }],
  counts: { seen: 5 },
  byName: { x: { text: 'x', likes: 0 } },
  open: false,
};

type VerbsOfPart = Pick<DocumentAt<Part>, 'count' | 'ratio' | 'age' | 'title' | 'tags' | 'notes' | 'counts' | 'byName'>;

/** A verb of a document that was not read. */
interface Row {
  readonly verb: string;
  readonly run: (at: VerbsOfPart) => Promise<unknown>;
  readonly stored: Partial<Record<keyof typeof values, unknown>>;
  readonly reply?: unknown;
  /** The verb cannot work in a pipeline, because only the server has its answer. */
  readonly needsReply?: true;
}

const second = { text: 'second', likes: 0 };

export const rows: readonly Row[] = [
  { verb: 'increase', run: ({ count }) => count.increase(2), stored: { count: 7 }, reply: 7 },
  { verb: 'decrease', run: ({ count }) => count.decrease(), stored: { count: 4 }, reply: 4 },
  { verb: 'adjust', run: ({ ratio }) => ratio.adjust(1, { max: 30 }), stored: { ratio: 2.5 }, reply: 2.5 },
  { verb: 'increase of a plain number', run: ({ age }) => age.increase(), stored: { age: 31 }, reply: 31 },
  { verb: 'aappend of a text', run: ({ title }) => title.aappend('!'), stored: { title: 'Ti!' } },
  { verb: 'aappend', run: ({ tags }) => tags.aappend('d'), stored: { tags: ['a', 'b', 'c', 'd'] }, reply: 4 },
  { verb: 'aextend', run: ({ tags }) => tags.aextend(['d', 'e']), stored: { tags: ['a', 'b', 'c', 'd', 'e'] }, reply: 5 },
  { verb: 'ainsert', run: ({ tags }) => tags.ainsert(-1, 'd'), stored: { tags: ['a', 'b', 'd', 'c'] }, reply: 4 },
  { verb: 'aset', run: ({ tags }) => tags.aset(-1, 'd'), stored: { tags: ['a', 'b', 'd'] } },
  { verb: 'apop', run: ({ tags }) => tags.apop(0), stored: { tags: ['b', 'c'] }, reply: 'a', needsReply: true },
  { verb: 'aremove', run: ({ tags }) => tags.aremove('b'), stored: { tags: ['a', 'c'] }, reply: true },
  { verb: 'aremove of nothing', run: ({ tags }) => tags.aremove('z'), stored: {}, reply: false },
  { verb: 'atrim', run: ({ tags }) => tags.atrim(-2), stored: { tags: ['b', 'c'] }, reply: 2 },
  { verb: 'atrim of the end', run: ({ tags }) => tags.atrim(0, -1), stored: { tags: ['a', 'b'] }, reply: 2 },
  { verb: 'aclear', run: ({ tags }) => tags.aclear(), stored: { tags: [] } },
  {
    verb: 'aappend of a model',
    run: ({ notes }) => notes.aappend({ text: 'second' }),
    stored: { notes: [...values.notes, second] },
    reply: 2,
  },
  {
    verb: 'apop of a model',
    run: ({ notes }) => notes.apop(),
    stored: { notes: [] },
    reply: { text: 'first', likes: 1 },
    needsReply: true,
  },
  { verb: 'asetItem', run: ({ counts }) => counts.asetItem('a.b', 1), stored: { counts: { seen: 5, 'a.b': 1 } } },
  { verb: 'aupdate', run: ({ counts }) => counts.aupdate({ seen: 1, b: 2 }), stored: { counts: { seen: 1, b: 2 } } },
  { verb: 'adelItem', run: ({ counts }) => counts.adelItem('seen'), stored: { counts: {} }, reply: true },
  { verb: 'apop of a member', run: ({ counts }) => counts.apop('seen'), stored: { counts: {} }, reply: 5, needsReply: true },
  { verb: 'apop of no member', run: ({ counts }) => counts.apop('none'), stored: {}, reply: undefined, needsReply: true },
  { verb: 'apopItem', run: ({ counts }) => counts.apopItem(), stored: { counts: {} }, reply: ['seen', 5], needsReply: true },
  { verb: 'asetDefault', run: ({ counts }) => counts.asetDefault('seen', 1), stored: {}, reply: 5, needsReply: true },
  { verb: 'aincrease', run: ({ counts }) => counts.aincrease('new', 2), stored: { counts: { seen: 5, new: 2 } }, reply: 2 },
  {
    verb: 'asetDefault of a model',
    run: ({ byName }) => byName.asetDefault('y', { text: 'second' }),
    stored: { byName: { ...values.byName, y: second } },
    reply: second,
    needsReply: true,
  },
  { verb: 'aclear of a dict', run: ({ byName }) => byName.aclear(), stored: { byName: {} } },
];

const places = [
  { place: 'at the root', of: (at: DocumentAt<Whole>): VerbsOfPart => at, path: '$' },
  { place: 'in a nested model', of: (at: DocumentAt<Whole>): VerbsOfPart => at.part, path: '$["part"]' },
  { place: 'in one that may be null', of: (at: DocumentAt<Whole>): VerbsOfPart => at.maybe, path: '$["maybe"]' },
] as const;

/** Each verb in each place. */
export const cases = places.flatMap((place) => rows.map((row) => ({ ...place, ...row })));

let count = 0;

/** The verbs of a new document that holds the values in each place. */
export async function createUnread(model: typeof Whole = Whole): Promise<DocumentAt<Whole>> {
  count += 1;
  const { pk } = await model.create({ id: String(count), ...values, part: values, maybe: values });
  return model.at(pk);
}
