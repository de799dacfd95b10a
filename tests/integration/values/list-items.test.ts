import { AtomicRedisModel, dict, Field, Key, list, Model, RedisDict, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Step extends AtomicRedisModel {
  @Field(String) name!: string;
  @Field(RedisInt) count!: RedisInt;
  @Field(list(String)) notes!: RedisList<string>;
}

@Model()
class Line extends AtomicRedisModel {
  @Key() @Field(String) sku!: string;
  @Field(RedisInt) quantity!: RedisInt;
}

@Model()
class Plan extends AtomicRedisModel {
  @Field(list(() => Step)) steps!: RedisList<Step>;
  @Field(list(() => Line)) lines!: RedisList<Line>;
  @Field(list(list(Number))) grid!: RedisList<RedisList<number>>;
  @Field(dict(list(() => Step))) groups!: RedisDict<RedisList<Step>>;
}

const at = <T>(items: readonly T[], index: number): T => items[index] as T;

describeOnEveryBackend('items of lists', (backend) => {
  useModels(backend, Plan);

  const create = (): Promise<Plan> =>
    Plan.create({
      steps: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
      lines: [
        { sku: 'x', quantity: 1 },
        { sku: 'y', quantity: 2 },
      ],
      grid: [[1], [], [3]],
      groups: { g: [{ name: 'in g' }] },
    });
  const names = async (plan: Plan): Promise<unknown> => ((await backend.json(plan.key, '$.steps')) as Step[]).map(({ name }) => name);
  const shift = (plan: Plan, path = '$.steps'): Promise<unknown> =>
    backend.send('JSON.ARRINSERT', plan.key, path, '0', '{"name":"new","count":0,"notes":[],"sku":"new","quantity":0}');

  test('follow their places after local insertions, removals, sorting and reversing', async () => {
    const plan = await create();
    const [a, b, c] = [...plan.steps] as [Step, Step, Step];

    plan.steps.insert(0, { name: 'first' });
    expect([a, b, c].map(({ fieldPath }) => fieldPath)).toEqual(['steps[1]', 'steps[2]', 'steps[3]']);
    plan.steps.sort((one, other) => (one.name < other.name ? 1 : -1));
    expect([...plan.steps].map(({ name }) => name)).toEqual(['first', 'c', 'b', 'a']);
    expect([a, b, c].map(({ fieldName }) => fieldName)).toEqual(['3', '2', '1']);
    plan.steps.reverse();
    await plan.saveChanges();
    await b.count.increase(5);

    expect(await backend.json(plan.key, '$.steps[1]')).toEqual({ name: 'b', count: 5, notes: [] });
  });

  test('after their own ainsert and apop, verbs reach the right item', async () => {
    const plan = await create();
    const b = at(plan.steps, 1);

    await plan.steps.ainsert(0, { name: 'first' });
    await b.count.increase(1);
    await plan.steps.apop(0);
    await plan.steps.aremove(at(plan.steps, 0));
    await b.notes.aappend('still b');

    expect(await names(plan)).toEqual(['b', 'c']);
    expect(await backend.json(plan.key, '$.steps[0]')).toEqual({ name: 'b', count: 1, notes: ['still b'] });
    expect(plan.toJSON()).toEqual(await backend.json(plan.key));
  });

  test('are saved in a pipeline as a part of its commit', async () => {
    const plan = await create();
    const [b, y] = [at(plan.steps, 1), at(plan.lines, 1)];

    await plan.pipeline(async () => {
      b.count.add(4);
      y.quantity.add(4);
      await Promise.all([b.save(), y.save()]);
    });

    expect(await backend.json(plan.key, '$.steps[1]')).toEqual({ name: 'b', count: 4, notes: [] });
    expect(await backend.json(plan.key, '$.lines[1]')).toEqual({ sku: 'y', quantity: 6 });
    await shift(plan);
    await expect(plan.pipeline(() => b.save())).rejects.toMatchObject({ code: 'STALE_ITEM' });
  });

  test('are looked for again when a verb has taken their earlier changes along', async () => {
    const plan = await create();
    at(plan.steps, 0).name = 'x';
    await plan.steps.aappend({ name: 'd' });
    await (await Plan.get(plan.key)).steps.apop(0);

    at(plan.steps, 0).name = 'y';

    await expect(plan.saveChanges()).rejects.toMatchObject({ code: 'STALE_ITEM' });
    expect(await names(plan)).toEqual(['b', 'c', 'd']);
  });

  test('are found with all their changes when a verb has taken those of another list along', async () => {
    const plan = await create();
    const b = at(plan.steps, 1);
    b.name = 'x';
    plan.grid.append([4]);
    await plan.grid.aappend([5]);

    b.name = 'y';
    b.count.add(1);
    b.notes = ['n'] as never;
    b.name = 'z';
    await plan.saveChanges();

    expect(await backend.json(plan.key, '$.steps[1]')).toEqual({ name: 'z', count: 1, notes: ['n'] });
    expect(plan.toJSON()).toEqual(await backend.json(plan.key));
  });

  test('are found with all their changes when a pipeline goes on with earlier ones, or a verb with them is refused', async () => {
    const plan = await create();
    const b = at(plan.steps, 1);
    b.name = 'x';
    await plan.pipeline(() => {
      b.name = 'y';
      b.name = 'z';
    });
    b.name = 'u';
    await expect(b.count.adjust(-1, { min: 0 })).rejects.toMatchObject({ code: 'COMMIT_REFUSED' });
    b.name = 'v';
    await plan.saveChanges();

    expect(await names(plan)).toEqual(['a', 'v', 'c']);
  });

  test.each([
    ['increase', (plan: Plan) => at(plan.steps, 1).count.increase(5)],
    ['a list verb', (plan: Plan) => at(plan.steps, 1).notes.aappend('x')],
    ['aupdate', (plan: Plan) => at(plan.steps, 1).aupdate({ name: 'x' })],
    ['save of the item', (plan: Plan) => at(plan.steps, 1).save()],
    ['save of a value in it', (plan: Plan) => at(plan.steps, 1).count.save()],
    ['a pipeline', (plan: Plan) => plan.pipeline(() => at(plan.steps, 1).count.add(5))],
    ['two joined operations', (plan: Plan) => plan.pipeline(() => (at(plan.steps, 1).count.add(5), at(plan.steps, 1).count.add(1)))],
    ['saveChanges', (plan: Plan) => ((at(plan.steps, 1).name = 'x'), plan.saveChanges())],
    ['a merge', (plan: Plan) => plan.pipeline(() => at(plan.steps, 1).update({ name: 'x', notes: ['y'] }))],
  ])('%s on an item that another writer has shifted is refused, and hits no neighbour', async (_, write) => {
    const plan = await create();
    await shift(plan);
    const before = await backend.json(plan.key);

    await expect(write(plan)).rejects.toMatchObject({ code: 'STALE_ITEM', key: plan.key, path: '$["steps"][1]' });

    expect(await backend.json(plan.key)).toEqual(before);
  });

  test('an item of a class with a key is known by it, whatever else of it has changed', async () => {
    const plan = await create();
    await backend.overwrite(plan.key, '$["lines"][1]["quantity"]', 40);

    await expect(at(plan.lines, 1).quantity.increase(2)).resolves.toBe(42);
    await shift(plan, '$.lines');
    await expect(at(plan.lines, 1).quantity.increase(2)).rejects.toMatchObject({ code: 'STALE_ITEM', path: '$["lines"][1]' });
    await expect(plan.pipeline(() => (at(plan.lines, 1).quantity.add(1), at(plan.lines, 1).quantity.add(1)))).rejects.toMatchObject({
      code: 'STALE_ITEM',
    });
  });

  test('an item without one is known by all of it', async () => {
    const plan = await create();
    await backend.overwrite(plan.key, '$["steps"][1]["name"]', 'renamed');

    await expect(at(plan.steps, 1).count.increase()).rejects.toMatchObject({ code: 'STALE_ITEM' });
    await plan.load();
    await expect(at(plan.steps, 1).count.increase()).resolves.toBe(1);
  });

  test('several verbs on one item, one after another and in one pipeline', async () => {
    const plan = await create();
    const step = at(plan.steps, 1);

    await step.count.increase();
    await step.notes.aappend('x');
    await plan.pipeline(() => {
      step.count.add(1);
      step.notes.append('y');
      step.name = 'renamed';
      step.count.add(1);
    });
    await step.count.increase();

    expect(await backend.json(plan.key, '$.steps[1]')).toEqual({ name: 'renamed', count: 4, notes: ['x', 'y'] });
    expect(step.toJSON()).toEqual({ name: 'renamed', count: 4, notes: ['x', 'y'] });
  });

  test('one that was removed refuses verbs, because it has no place', async () => {
    const plan = await create();
    const [a] = [...plan.steps] as [Step];

    plan.steps.shift();

    expect(() => a.count.add(1)).toThrow(errorWith({ code: 'STALE_ITEM' }));
    await expect(a.count.increase()).rejects.toMatchObject({ code: 'STALE_ITEM' });
    expect(a.name).toBe('a');
  });

  test('an inserted item is bound at once', async () => {
    const plan = await create();

    await plan.steps.aappend({ name: 'd', notes: ['n'] });
    await at(plan.steps, 3).count.increase(3);
    await plan.pipeline(() => {
      plan.steps.insert(0, { name: 'e' });
      at(plan.steps, 0).count.add(2);
      at(plan.steps, 4).count.add(1);
    });

    expect(await backend.json(plan.key, '$.steps[0]')).toEqual({ name: 'e', count: 2, notes: [] });
    expect(await backend.json(plan.key, '$.steps[4].count')).toBe(4);
    expect(plan.toJSON()).toEqual(await backend.json(plan.key));
  });

  test('an item can be a list itself, or lie in a list in a dict', async () => {
    const plan = await create();

    await at(plan.grid, 1).aappend(2);
    await plan.pipeline(() => {
      at(plan.grid, 0).append(10);
      at(plan.groups['g'] as RedisList<Step>, 0).count.add(1);
      plan.groups['h'] = [] as unknown as RedisList<Step>;
      plan.groups['h'].append({ name: 'in h' });
    });
    await at(plan.groups['h'] as RedisList<Step>, 0).count.increase();

    expect(await backend.json(plan.key, '$.grid')).toEqual([[1, 10], [2], [3]]);
    expect(await backend.json(plan.key, '$.groups')).toEqual({
      g: [{ name: 'in g', count: 1, notes: [] }],
      h: [{ name: 'in h', count: 1, notes: [] }],
    });
    expect(plan.toJSON()).toEqual(await backend.json(plan.key));
  });

  test('removing a range keeps empty lists in the neighbours', async () => {
    const plan = await create();

    await plan.pipeline(() => plan.grid.removeRange(0, 1));
    await plan.steps.apop();

    expect(await backend.jsonText(plan.key, '$.grid')).toBe('[[[],[3]]]');
    expect(await backend.json(plan.key, '$.steps')).toEqual([
      { name: 'a', count: 0, notes: [] },
      { name: 'b', count: 0, notes: [] },
    ]);
  });

  test('copyWithin keeps members that the class does not know, as sort and reverse do', async () => {
    const plan = await create();
    const lines = [1, 2, 3].map((quantity) => ({ sku: String(quantity), quantity, extra: quantity }));
    await backend.overwrite(plan.key, '$["lines"]', lines);
    await plan.load();

    plan.lines.reverse();
    plan.lines.copyWithin(0, 1);
    await plan.saveChanges();

    expect(await backend.json(plan.key, '$.lines')).toEqual([lines[1], lines[0], lines[0]]);
    await at(plan.lines, 1).quantity.increase(5);
    expect([...plan.lines].map(({ quantity }) => quantity.value)).toEqual([2, 6, 1]);
  });

  test('loading an item that another writer has shifted is refused, and so is loading one that was removed', async () => {
    const plan = await create();
    const [x, y] = [...plan.lines] as [Line, Line];
    const [, b] = [...plan.steps] as [Step, Step];
    await shift(plan, '$.lines');

    await expect(y.load()).rejects.toMatchObject({ code: 'STALE_ITEM', path: '$["lines"][1]' });
    await expect(y.quantity.load()).rejects.toMatchObject({ code: 'STALE_ITEM', path: '$["lines"][1]["quantity"]' });
    expect(y.quantity.value).toBe(2);
    plan.lines.shift();
    plan.steps.removeRange(0, 2);
    await expect(x.load()).rejects.toMatchObject({ code: 'STALE_ITEM' });
    await expect(b.notes.load()).rejects.toMatchObject({ code: 'STALE_ITEM' });
    await expect(b.count.load()).rejects.toMatchObject({ code: 'STALE_ITEM' });

    expect([x.sku, y.sku]).toEqual(['x', 'y']);
  });

  const movedAway: [string, (plan: Plan) => Promise<unknown>][] = [
    ['increase', (plan) => at(plan.lines, 1).quantity.increase(5)],
    ['aupdate', (plan) => at(plan.lines, 1).aupdate({ quantity: 9 })],
    ['a verb of an item without a key', (plan) => at(plan.steps, 1).count.increase(5)],
  ];

  test.each(movedAway)('%s that waits behind a save does not reach the neighbour that has moved there', async (_, verb) => {
    const plan = await create();
    const removed = Promise.all([plan.lines.apop(0), plan.steps.apop(0), plan.save()]);

    await expect(verb(plan)).rejects.toMatchObject({ code: 'STALE_ITEM' });
    await removed;

    expect(plan.toJSON()).toMatchObject({
      lines: [{ sku: 'y', quantity: 2 }],
      steps: [
        { name: 'b', count: 0 },
        { name: 'c', count: 0 },
      ],
    });
    expect(await backend.json(plan.key)).toEqual(plan.toJSON());
  });

  test('loading an item that has moved while it waited behind a save reads it where it is', async () => {
    const plan = await create();
    const y = at(plan.lines, 1);
    await backend.overwrite(plan.key, '$["lines"][1]["quantity"]', 7);

    await Promise.all([plan.lines.apop(0), plan.grid.save(), y.quantity.load(), y.load()]);

    expect([y.quantity.value, plan.lines.length]).toEqual([7, 1]);
  });

  test('a nested save of an item writes that item only', async () => {
    const plan = await create();
    await backend.overwrite(plan.key, '$["grid"]', [[9]]);

    await at(plan.steps, 2).save();

    expect(await backend.json(plan.key, '$.grid')).toEqual([[9]]);
  });
});
