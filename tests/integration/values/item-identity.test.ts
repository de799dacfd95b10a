import { AtomicRedisModel, Field, json, list, Model, RedisInt, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Label extends AtomicRedisModel {
  @Field(String) text!: string;
  @Field(RedisInt) weight!: RedisInt;
}

@Model()
class Part extends AtomicRedisModel {
  @Field(String) name!: string;
  @Field(RedisInt) count!: RedisInt;
  @Field(json()) data!: unknown;
  @Field(() => Label) label!: Label;
}

@Model()
class Machine extends AtomicRedisModel {
  @Field(list(() => Part)) parts!: RedisList<Part>;
}

/** Without `count` and without the `weight` of the label, which have defaults. */
const part = { name: 'a', data: { x: [1, { y: 'z' }], n: 1 }, label: { text: 'l' } };
const inOtherOrder = { label: { text: 'l' }, data: { n: 1, x: [1, { y: 'z' }] }, name: 'a' };

describeOnEveryBackend('an item without a key that another writer stored anew', (backend) => {
  useModels(backend, Machine, Part, Label);

  /** A machine that was read with one item, which has been replaced by another in Redis. */
  async function replaced(read: unknown, stored: unknown): Promise<Machine> {
    const machine = await Machine.create({});
    await backend.overwrite(machine.key, '$.parts', [read]);
    await machine.load();
    await backend.overwrite(machine.key, '$.parts[0]', stored);
    return machine;
  }

  test.each<[string, object]>([
    ['in other order', inOtherOrder],
    ['with a default filled in', { ...part, count: 0 }],
    ['with a default filled in inside of it', { ...part, label: { text: 'l', weight: 0 } }],
    ['with both, in other order', { ...inOtherOrder, label: { weight: 0, text: 'l' }, count: 0 }],
  ])('is the same: %s', async (_, stored) => {
    const machine = await replaced(part, stored);

    expect(await machine.parts[0]?.count.increase()).toBe(1);

    expect(await backend.json(machine.key, '$.parts[0]')).toEqual({ ...stored, count: 1 });
  });

  test.each<[string, unknown]>([
    ['without a member', { name: part.name, data: part.data }],
    ['without a member inside of it', { ...part, data: { x: part.data.x } }],
    ['without an item inside of it', { ...part, data: { ...part.data, x: [1] } }],
    ['without a member of a model inside of it', { ...part, label: {} }],
    ['with one more', { ...part, more: 1 }],
    ['with one more inside of it', { ...part, data: { ...part.data, more: 1 } }],
    ['with another default', { ...part, count: 1 }],
    ['with another default inside of it', { ...part, label: { text: 'l', weight: 1 } }],
    ['with a number as text', { ...part, data: { ...part.data, n: '1' } }],
    ['with text as a number', { ...part, name: 1 }],
    ['with a number where an object was', { ...part, data: { ...part.data, x: 1 } }],
    ['with text where an object was', { ...part, data: 'text' }],
    ['with an object where a number was', { ...part, data: { ...part.data, n: {} } }],
    ['with a list where text was', { ...part, name: [] }],
    ['with null where an object was', { ...part, label: null }],
    ['as null', null],
    ['as a number', 1],
  ])('is another one: %s', async (_, stored) => {
    const machine = await replaced(part, stored);

    await expect(machine.parts[0]?.count.increase()).rejects.toMatchObject({ code: 'STALE_ITEM', path: '$["parts"][0]' });

    expect(await backend.json(machine.key, '$.parts[0]')).toEqual(stored);
  });

  test.each<[string, object]>([
    ['all members', { ...part, count: 0, label: { text: 'l', weight: 0 } }],
    ['those inside of it', { ...part, label: { text: 'l', weight: 0 } }],
  ])('is another one when it lacks a default, and had %s', async (_, read) => {
    const machine = await replaced(read, part);

    await expect(machine.parts[0]?.aupdate({ name: 'b' })).rejects.toMatchObject({ code: 'STALE_ITEM' });

    expect(await backend.json(machine.key, '$.parts[0]')).toEqual(part);
  });

  test('is another one when there is none, and no document is missing', async () => {
    const machine = await replaced(part, part);
    await backend.overwrite(machine.key, '$.parts', []);

    await expect(machine.parts[0]?.count.increase()).rejects.toMatchObject({ code: 'STALE_ITEM' });
    await backend.send('SET', machine.key, 'text');
    await expect(machine.parts[0]?.count.increase()).rejects.toMatchObject({ code: 'PATH_MISMATCH', path: '$["parts"][0]' });
    await backend.send('DEL', machine.key);
    await expect(machine.parts[0]?.count.increase()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: machine.key });
  });
});
