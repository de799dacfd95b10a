import { AtomicRedisModel, dict, Field, list, Model, RedisDict, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Part extends AtomicRedisModel {
  @Field(String) name!: string;
}

@Model()
class BoltedPart extends Part {
  @Field(Number) bolts!: number;
}

@Model()
class NamedPart extends Part {
  label(): string {
    return `part ${this.name}`;
  }
}

@Model()
class Machine extends AtomicRedisModel {
  @Field(() => Part, { nullable: true }) main!: Part | null;
  @Field(list(() => Part)) parts!: RedisList<Part>;
  @Field(dict(() => Part)) byPlace!: RedisDict<Part>;
}

const tooMuch = {
  code: 'VALIDATION',
  message: expect.stringContaining('bolts expects to be a field of Part, found the number 4') as string,
};

describeOnEveryBackend('an instance of a subclass', (backend) => {
  useModels(backend, Machine);

  test.each<[string, (machine: Machine, part: Part) => unknown]>([
    ['assigned', (machine, part) => (machine.main = part)],
    ['updated', (machine, part) => machine.update({ main: part })],
    ['appended', (machine, part) => machine.parts.append(part)],
    ['put at a position', (machine, part) => (machine.parts[0] = part)],
    ['put into a dict', (machine, part) => (machine.byPlace['a'] = part)],
    ['built with', (_machine, part) => Machine.build({ main: part })],
  ])('is refused where its fields would be lost: %s', async (_, give) => {
    const machine = await Machine.create({ parts: [{ name: 'old' }] });
    const before = machine.toJSON();

    expect(() => give(machine, BoltedPart.build({ name: 'new', bolts: 4 }))).toThrow(errorWith(tooMuch));
    expect(machine.toJSON()).toEqual(before);

    await expect((async () => give(machine, NamedPart.build({ name: 'new' })))()).resolves.not.toThrow();
  });

  test('is refused by verbs as well', async () => {
    const machine = await Machine.create({});
    const part = BoltedPart.build({ name: 'new', bolts: 4 });

    await expect(machine.parts.aappend(part)).rejects.toMatchObject(tooMuch);
    await expect(machine.aupdate({ byPlace: { a: part } })).rejects.toMatchObject(tooMuch);
    await expect(machine.byPlace.asetItem('a', part)).rejects.toMatchObject(tooMuch);
    expect(await backend.json(machine.key)).toEqual({ main: null, parts: [], byPlace: {} });
  });

  test('members that another version of the class has stored go with an instance of the same class', async () => {
    const machine = await Machine.create({ main: { name: 'old' } });
    await backend.overwrite(machine.key, '$["main"]', { name: 'old', weight: 7 });
    await machine.load();

    await machine.parts.aappend(machine.main as Part);

    expect(await backend.json(machine.key, '$.parts')).toEqual([{ name: 'old', weight: 7 }]);
  });
});
