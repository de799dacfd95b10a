import { AtomicRedisModel, dict, Field, Key, list, Model, nullable, RedisDict, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Step extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(RedisInt) count!: RedisInt;
  @Field(list(String)) notes!: RedisList<string>;
}

@Model()
class Remark extends AtomicRedisModel {
  @Field(String) text!: string;
  @Field(RedisInt) count!: RedisInt;
}

@Model()
class Plan extends AtomicRedisModel {
  @Field(list(() => Step)) steps!: RedisList<Step>;
  @Field(dict(() => Step)) byName!: RedisDict<Step>;
  @Field(list(() => Remark)) remarks!: RedisList<Remark>;
  @Field(list(list(Number))) grid!: RedisList<RedisList<number>>;
  @Field(dict(list(() => Step))) groups!: RedisDict<RedisList<Step>>;
}

@Model()
class Draft extends AtomicRedisModel {
  @Field(list(String), { nullable: true }) tags!: RedisList<string> | null;
  @Field(dict(Number), { nullable: true }) marks!: RedisDict<number> | null;
  @Field(() => Remark, { nullable: true }) remark!: Remark | null;
  @Field(list(nullable(list(Number)))) grid!: RedisList<RedisList<number> | null>;
  @Field(dict(nullable(() => Remark))) byName!: RedisDict<Remark | null>;
}

const at = <T>(items: readonly T[], index: number): T => items[index] as T;

const step = (id: string, count = 0): { id: string; count: number; notes: string[] } => ({ id, count, notes: [] });

const create = (): Promise<Plan> =>
  Plan.create({
    steps: [step('a'), step('b')],
    byName: { q: step('z') },
    remarks: [{ text: 'one' }, { text: 'two' }],
    grid: [[1], [2]],
    groups: { g: [step('g')] },
  });

describeOnEveryBackend('items that are held while their document is read anew', (backend) => {
  useModels(backend, Plan, Draft);

  test('take what is stored over, wherever they stand', async () => {
    const plan = await create();
    const held = {
      b: at(plan.steps, 1),
      z: plan.byName['q'] as Step,
      two: at(plan.remarks, 1),
      row: at(plan.grid, 1),
      group: plan.groups['g'],
    };
    const g = at(held.group as RedisList<Step>, 0);
    await backend.overwrite(plan.key, '$["steps"]', [step('new'), step('b', 7), step('a', 3)]);
    await backend.overwrite(plan.key, '$["byName"]', { q: step('z', 5), r: step('r') });
    await backend.overwrite(plan.key, '$["groups"]["g"]', [step('g', 9)]);

    await plan.load();

    expect(plan.steps.map(({ id, count }) => [id, count.value])).toEqual([
      ['new', 0],
      ['b', 7],
      ['a', 3],
    ]);
    expect([at(plan.steps, 1), plan.byName['q'], at(plan.remarks, 1), at(plan.grid, 1), plan.groups['g']]).toEqual(Object.values(held));
    expect(at(plan.steps, 1)).toBe(held.b);
    expect(plan.byName['q']).toBe(held.z);
    expect([held.b.count.value, held.z.count.value, g.count.value]).toEqual([7, 5, 9]);
    await held.b.notes.aappend('x');
    await held.z.count.increase();
    await held.two.count.increase(2);
    await held.row.aappend(4);
    await g.count.increase();
    expect(await backend.json(plan.key)).toEqual({
      steps: [step('new'), { ...step('b', 7), notes: ['x'] }, step('a', 3)],
      byName: { q: step('z', 6), r: step('r') },
      remarks: [
        { text: 'one', count: 0 },
        { text: 'two', count: 2 },
      ],
      grid: [[1], [2, 4]],
      groups: { g: [step('g', 10)] },
    });
  });

  test('are refused when they are gone, or cannot be told from others', async () => {
    const plan = await create();
    const [a, b] = [...plan.steps] as [Step, Step];
    const [z, two, row] = [plan.byName['q'] as Step, at(plan.remarks, 1), at(plan.grid, 0)];
    await backend.overwrite(plan.key, '$["steps"]', [step('b')]);
    await backend.overwrite(plan.key, '$["byName"]', {});
    await backend.overwrite(plan.key, '$["remarks"][1]["text"]', 'changed');
    await backend.overwrite(plan.key, '$["grid"][0]', [5]);

    await plan.load();

    for (const gone of [a.count, z.count, two.count]) expect(() => gone.add(1)).toThrow(errorWith({ code: 'STALE_ITEM' }));
    expect(() => row.append(1)).toThrow(errorWith({ code: 'STALE_ITEM' }));
    expect(at(plan.steps, 0)).toBe(b);
    expect(await b.count.increase()).toBe(1);
  });

  const nullables: [string, (draft: Draft) => { load(): Promise<unknown>; toJSON(): unknown }][] = [
    ['$["tags"]', ({ tags }) => tags as RedisList<string>],
    ['$["marks"]', ({ marks }) => marks as RedisDict<number>],
    ['$["remark"]', ({ remark }) => remark as Remark],
    ['$["grid"][0]', ({ grid }) => at(grid, 0) as RedisList<number>],
    ['$["byName"]["a"]', ({ byName }) => byName['a'] as Remark],
  ];
  test.each(nullables)('refuse to load when null is stored in their place: %s', async (path, find) => {
    const remark = { text: 'one', count: 0 };
    const draft = await Draft.create({ tags: ['a'], marks: { a: 1 }, remark, grid: [[1]], byName: { a: remark } });
    const held = find(draft);
    const before = held.toJSON();
    await backend.overwrite(draft.key, path, null);

    await expect(held.load()).rejects.toMatchObject({ code: 'STALE_ITEM', path, command: 'load' });
    expect(held.toJSON()).toEqual(before);

    await draft.load();
    expect(draft.toJSON()).toEqual(await backend.json(draft.key));
  });

  test('and null in the place of one is answered by what removes it', async () => {
    const draft = await Draft.create({ grid: [[1], null], byName: { a: null, b: null } });

    expect([await draft.grid.apop(), await draft.byName.apop('a'), await draft.byName.apopItem()]).toEqual([null, null, ['b', null]]);

    expect(draft.toJSON()).toEqual(await backend.json(draft.key));
  });

  test('are gone when asetDefault finds null', async () => {
    const remark = { text: 'one', count: 0 };
    const draft = await Draft.create({ byName: { a: remark } });
    const held = draft.byName['a'] as Remark;
    await backend.overwrite(draft.key, '$["byName"]["a"]', null);

    expect(await draft.byName.asetDefault('a', remark)).toBeNull();

    expect(draft.byName['a']).toBeNull();
    expect(() => held.count.add(1)).toThrow(errorWith({ code: 'STALE_ITEM' }));
  });

  test('stay usable when asetDefault finds them', async () => {
    const plan = await create();
    const z = plan.byName['q'] as Step;
    const row = at(plan.groups['g'] as RedisList<Step>, 0);
    await backend.overwrite(plan.key, '$["byName"]["q"]["count"]', 5);

    expect(await plan.byName.asetDefault('q', step('other'))).toBe(z);
    expect(await plan.groups.asetDefault('g', [])).toBe(plan.groups['g']);
    expect([await z.count.increase(), await row.count.increase()]).toEqual([6, 1]);
    expect(plan.toJSON()).toEqual(await backend.json(plan.key));

    await Promise.all([plan.byName.asetDefault('q', step('other')), z.notes.aappend('x')]);
    expect(plan.isStale).toBe(false);
    expect(plan.toJSON()).toEqual(await backend.json(plan.key));
  });

  test('of two with one key are told apart by their order', async () => {
    const plan = await Plan.create({ steps: [step('a', 1), step('a', 2)] });
    const [first, second] = [...plan.steps] as [Step, Step];

    await plan.load();

    expect([...plan.steps]).toEqual([first, second]);
    expect(at(plan.steps, 1)).toBe(second);
    expect(second.count.value).toBe(2);
  });

  test.each([
    ['of a list', (plan: Plan) => at(plan.steps, 1)],
    ['of a dict', (plan: Plan) => plan.byName['q'] as Step],
    ['of a list in a dict', (plan: Plan) => at(plan.groups['g'] as RedisList<Step>, 0)],
  ])('can have the lock of their document: %s', async (_, take) => {
    const plan = await create();
    const item = take(plan);

    await item.withLock('run', async (same) => {
      expect(same).toBe(item);
      await same.count.increase();
    });
    await item.withLock('run', (same) => same.count.add(2), { saveAtEnd: true });
    const handle = await item.lock('run');
    await handle.document.count.increase(4);
    await handle.release();

    expect(item.count.value).toBe(7);
    expect(await backend.json(plan.key, `${item.jsonPath}.count`)).toBe(7);
  });

  test('are what asetDefault finds', async () => {
    const plan = await create();
    const z = plan.byName['q'] as Step;
    z.notes.append('x');
    await backend.overwrite(plan.key, '$["byName"]["q"]["count"]', 4);

    const found = await plan.byName.asetDefault('q', step('other'));

    expect(found).toBe(z);
    expect(z.toJSON()).toEqual({ ...step('z', 4), notes: ['x'] });
    expect(await z.count.increase()).toBe(5);
  });

  test('go back to what they were when a pipeline that replaced them fails', async () => {
    const plan = await create();
    const before = plan.toJSON();
    const [b, z] = [at(plan.steps, 1), plan.byName['q'] as Step];

    const replaceAll = plan.pipeline((same) => {
      same.update({ steps: [step('b', 5), step('c')], byName: { q: step('z', 6) } });
      expect([b.count.value, z.count.value]).toEqual([5, 6]);
      b.count.add(1);
      b.notes.append('x');
      throw new Error('no');
    });

    await expect(replaceAll).rejects.toThrow('no');
    expect(plan.toJSON()).toEqual(before);
    expect([at(plan.steps, 1), plan.byName['q']]).toEqual([b, z]);
    expect([b.count.value, b.notes.length, z.count.value]).toEqual([0, 0, 0]);
    expect(b.fieldPath).toBe('steps[1]');
    await b.count.increase();
    await z.count.increase();
    expect(await backend.json(plan.key, '$.steps[1].count')).toBe(1);
    expect(await backend.json(plan.key, '$.byName.q.count')).toBe(1);
  });
});
