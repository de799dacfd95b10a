import { AtomicRedisModel, dict, enumOf, Field, Key, list, Model, RedisDict, RedisInt, RedisList, type DocumentAt } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Leaf extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
}

@Model()
class Branch extends AtomicRedisModel {
  @Field(dict(() => Leaf)) leaves!: RedisDict<Leaf>;
  @Field(() => Leaf, { nullable: true }) maybe!: Leaf | null;
  @Field(list(String), { nullable: true }) notes!: RedisList<string> | null;
}

/** Its fields have names that the code for unread documents might use itself. */
@Model()
class Named extends AtomicRedisModel {
  @Field(RedisInt) send!: RedisInt;
  @Field(RedisInt) inside!: RedisInt;
  @Field(RedisInt) element!: RedisInt;
  @Field(RedisInt) place!: RedisInt;
  @Field(RedisInt) open!: RedisInt;
  @Field(RedisInt) then!: RedisInt;
}

@Model()
class Tree extends AtomicRedisModel {
  @Field(() => Branch, { default: () => ({}) }) branch!: Branch;
  @Field(() => Branch, { nullable: true, default: () => ({}) }) other!: Branch | null;
  @Field(dict(() => Branch), { default: () => ({ a: {} }) }) branches!: RedisDict<Branch>;
  @Field(dict(dict(() => Leaf)), { default: () => ({ a: {} }) }) piles!: RedisDict<RedisDict<Leaf>>;
  @Field(() => Named) named!: Named;
  @Field(() => Leaf, { default: () => ({ n: 4 }) }) leaf!: Leaf;
}

@Model()
class Numbered extends AtomicRedisModel {
  @Key() @Field(Number) id!: number;
  @Field(RedisInt) n!: RedisInt;
}

@Model()
class Shelf extends AtomicRedisModel {
  @Field(dict(() => Numbered)) books!: RedisDict<Numbered>;
}

@Model()
class Large extends AtomicRedisModel {
  @Key() @Field(BigInt) id!: bigint;
  @Field(RedisInt) n!: RedisInt;
}

@Model()
class Dated extends AtomicRedisModel {
  @Key() @Field(Date, { format: 'epochMs' }) id!: Date;
  @Field(RedisInt) n!: RedisInt;
}

@Model()
class Ranked extends AtomicRedisModel {
  @Key() @Field(enumOf({ first: 1, last: 'last' })) id!: 1 | 'last';
  @Field(RedisInt) n!: RedisInt;
}

const leaf = { n: 1 };
const branch = { leaves: { x: leaf }, maybe: leaf, notes: ['n'] };

describeOnEveryBackend('fields of documents that are not read', (backend) => {
  useModels(backend, Tree, Numbered, Shelf, Large, Dated, Ranked);

  async function createTree(): Promise<DocumentAt<Tree>> {
    const { pk } = await Tree.create({
      branch,
      other: branch,
      branches: { a: branch },
      piles: { a: { x: leaf } },
      named: {},
    });
    return Tree.at(pk);
  }

  type Verb = (at: DocumentAt<Tree>) => Promise<unknown>;

  test.each<[string, Verb, path: string]>([
    ['a nested model', (at) => at.branch.leaves.at('x').n.increase(), '$["branch"]["leaves"]["x"]["n"]'],
    ['one in it', (at) => at.branch.maybe.n.increase(), '$["branch"]["maybe"]["n"]'],
    ['one that may be null', (at) => at.other.leaves.at('x').n.increase(), '$["other"]["leaves"]["x"]["n"]'],
    ['one in that', (at) => at.other.maybe.n.increase(), '$["other"]["maybe"]["n"]'],
    ['a dict of models', (at) => at.branches.at('a').leaves.at('x').n.increase(), '$["branches"]["a"]["leaves"]["x"]["n"]'],
    ['a model in one of them', (at) => at.branches.at('a').maybe.n.increase(), '$["branches"]["a"]["maybe"]["n"]'],
    ['a dict of dicts', (at) => at.piles.at('a').at('x').n.increase(), '$["piles"]["a"]["x"]["n"]'],
  ])('the default of %s says nothing of what is stored', async (_name, verb, path) => {
    const at = await createTree();

    expect(await verb(at)).toBe(2);
    await at.pipeline((queued) => verb(queued as unknown as typeof at));

    expect(await backend.json(at.key, path)).toBe(3);
  });

  test('nor does that of a list which may be null', async () => {
    const at = await createTree();

    expect(await at.branch.notes.aappend('o')).toBe(2);
    expect(await at.branches.at('a').notes.aappend('o')).toBe(2);

    const { branch: one, branches } = (await at.load()).toObject();
    expect([one.notes, branches['a']?.notes]).toEqual([
      ['n', 'o'],
      ['n', 'o'],
    ]);
  });

  test('in a pipeline that puts one there, its default is what it holds', async () => {
    await backend.send('JSON.SET', 'Tree:old', '$', '{"named":{}}');

    await Tree.at('old').pipeline(async (queued) => {
      await queued.branch.leaves.asetItem('x', {});
      await queued.branch.leaves.at('x').n.increase();
      await queued.branches.at('a').leaves.asetItem('x', leaf);
      await queued.piles.at('a').asetItem('x', leaf);
    });
    await expect(Tree.at('old').other.maybe.n.increase()).rejects.toMatchObject({ code: 'PATH_MISMATCH', found: 'null' });

    expect(await backend.json('Tree:old')).toEqual({
      named: {},
      branch: { leaves: { x: leaf }, maybe: null, notes: null },
      branches: { a: { leaves: { x: leaf }, maybe: null, notes: null } },
      piles: { a: { x: leaf } },
    });
  });

  test('bounds are those of the default that is put there, whichever it is', async () => {
    const at = Tree.at('old');
    const fits = () => at.leaf.n.adjust(-1, { min: 0 });
    const goesTooFar = () => at.leaf.n.adjust(3, { max: 5 });

    for (const [stored, result] of [
      ['{}', 3],
      ['{"leaf":{}}', undefined],
      ['{"leaf":{"n":1}}', 0],
    ] as const) {
      await backend.send('JSON.SET', at.key, '$', stored);
      if (result === undefined) await expect(fits()).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'below-min' });
      else expect(await fits()).toBe(result);
    }
    await backend.send('JSON.SET', at.key, '$', '{}');
    await expect(goesTooFar()).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'above-max' });

    expect(await backend.json(at.key)).toEqual({});
  });

  test('a model that the default around it leaves out has no default of its own', async () => {
    const at = Tree.at('old');
    await backend.send('JSON.SET', at.key, '$', '{}');

    for (const change of [() => at.branch.maybe.n.adjust(-1, { min: 0 }), () => at.other.maybe.n.adjust(1, { max: 5 })])
      await expect(change()).rejects.toMatchObject({ code: 'PATH_MISMATCH', found: 'null', command: 'adjust' });

    expect(await backend.json(at.key)).toEqual({});
  });

  test.each([
    { model: Numbered, pk: '7', id: 7, other: 8 },
    { model: Large, pk: '7', id: '7', other: '8' },
    { model: Dated, pk: '7', id: 7, other: 8 },
    { model: Ranked, pk: '1', id: 1, other: 'last' },
    { model: Ranked, pk: 'last', id: 'last', other: 1 },
  ])('may be a key that is given as it is: $model.name:$pk', async ({ model, pk, id, other }) => {
    await backend.send('JSON.SET', `${model.name}:${pk}`, '$', JSON.stringify({ id, n: 1 }));
    const at = (model as typeof Numbered).at(pk);

    await at.aupdate((model as typeof Numbered).fromJSON({ id, n: 5 }));
    await at.pipeline((queued) => queued.aupdate((model as typeof Numbered).fromJSON({ id, n: 6 })));
    await expect(at.aupdate((model as typeof Numbered).fromJSON({ id: other }))).rejects.toMatchObject({ code: 'VALIDATION' });

    expect(await backend.json(at.key)).toEqual({ id, n: 6 });
  });

  test.each(['1e3', '07', 'x', '"7"'])('is no key of a document whose pk is that of none: %s', async (pk) => {
    const at = Numbered.at(pk);
    await backend.send('JSON.SET', at.key, '$', '{"id":5,"n":1}');

    expect(await at.n.increase()).toBe(2);
    for (const id of [5, 7, 1000]) await expect(at.aupdate({ id })).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  test('are left out where they are keys of nested models, which nobody knows', async () => {
    const { pk, key } = await Shelf.create({ books: { a: { id: 1, n: 1 } } });
    const at = Shelf.at(pk);

    for (const id of [0, 1])
      await expect(at.books.at('a').aupdate({ id, n: 2 })).rejects.toMatchObject({
        code: 'VALIDATION',
        message: `Shelf: books.a.id expects to be left out, because it is a key that was not read, found the number ${id}`,
      });
    await at.pipeline(async (queued) => {
      await queued.books.asetItem('a', { id: 2 });
      await queued.books.at('a').aupdate({ id: 2, n: 3 });
    });

    expect(await backend.json(key, '$["books"]')).toEqual({ a: { id: 2, n: 3 } });
  });

  test('of a nested model may have any name', async () => {
    const at = await createTree();
    const verbs = (named: DocumentAt<Tree>['named']): Promise<unknown>[] => [
      named.send.increase(),
      named.inside.increase(),
      named.element.increase(),
      named.place.increase(),
      named.open.increase(),
      named.then.increase(),
    ];

    await Promise.all(verbs(at.named));
    await at.pipeline((queued) => Promise.all(verbs((queued as unknown as typeof at).named)));
    await at.named.aupdate({ then: 7 });

    expect(await backend.json(at.key, '$["named"]')).toEqual({ send: 2, inside: 2, element: 2, place: 2, open: 2, then: 7 });
  });
});
