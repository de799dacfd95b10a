import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { fencesOf } from './snippets/fences';
import { UserFolder } from './user/folder';

const [oneScreen] = fencesOf(readFileSync(join(__dirname, '../../README.md'), 'utf8'), 'README.md');

let user: UserFolder;
beforeAll(() => {
  user = new UserFolder(oneScreen?.code ?? '');
}, 120_000);
afterAll(() => user.remove());

describe('the one-screen example compiles against the declarations of the package', () => {
  test('with what `tsc --init` writes: no types of Node, every strictness, standard decorators', () => {
    const asInitWrites = {
      target: ts.ScriptTarget.ESNext,
      types: [],
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      verbatimModuleSyntax: true,
      isolatedModules: true,
    };

    expect(user.complaints(asInitWrites)).toEqual([]);
  }, 120_000);

  test('with legacy decorators and fields that are assigned', () => {
    const legacy = {
      target: ts.ScriptTarget.ES2022,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      useDefineForClassFields: false,
    };

    expect(user.complaints({ ...legacy, types: [] })).toEqual([]);
  }, 120_000);
});

/** A module whose exports have no type annotations. */
const UNANNOTATED = `
import { AtomicRedisModel, dict, Field, Key, list, Model, pipeline, RedisDict, RedisInt, RedisList, Version, type Init, type Patch, type QueuedAt, type Where } from 'redatom';
import { Lock, RedisTree } from 'redatom/tree';
import { Batch } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';

@Model()
export class Address extends AtomicRedisModel {
  @Field(String) city!: string;
}
@Model()
export class User extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(RedisInt) score!: RedisInt;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(dict(String)) settings!: RedisDict<string>;
  @Field(dict(() => Address)) places!: RedisDict<Address>;
  @Field(() => Address) home!: Address;

  static all() {
    return this.scan();
  }

  rename(name: string) {
    return (this as User).aupdate({ name });
  }
}

export const count = Version();
export const tags = Field(list(String));
export const at = User.at('a');
export const parts = [at.home, at.tags, at.places.at('x')] as const;
export const documentsOf = () => [User.get('a'), User.getMany([]), User.getOrCreate({}), User.lockFromKey('a'), User.fromJSON({})] as const;
export const valuesOf = (user: User) => [user.toObject(), user.field('name'), user.tags.clone(), user.settings.set('a', 'b')] as const;
export const commit = (user: User) => pipeline([user, at], ([one, other]) => [one.score.add(1), other.delete()]);
export const locked = (user: User) => user.withLock('a', (same, lock) => ({ same, lock }));
export const homeOf = (queued: QueuedAt<User>) => queued.home;
export const placeOf = (queued: QueuedAt<User>) => queued.places.at('x');
export const searches = () => [User.findBy({ tags: 'a' }), User.findAndCountBy({}, { orderBy: { score: 'asc' } }), User.createIndex()] as const;
export const also = (where: Where<User>) => ({ ...where, home: { city: 'Rome' }, $not: where });
export const conditionsOf = (where: Where<User>) => [where.name, where.score, where.tags, where.home, where.$or] as const;
export const initOf = (init: Init<User>) => ({ ...init, name: 'ada' });
export const patchOf = ({ name, ...rest }: Patch<User>) => rest;
export const tree = new RedisTree({ client: 'redis://localhost' });
export const treeLock = () => tree.at('a').acquire();
export const targetsOf = (...[client]: ConstructorParameters<typeof Lock>) => client;
export const batch = () => new Batch(true).get('a');
export const atomic = (...given: ConstructorParameters<typeof PipelineOperations>) => new PipelineOperations(...given).atomic((pipe) => pipe);
`;

test('what users export without writing down its type has types with names', () => {
  user.write(UNANNOTATED);

  expect(user.complaints({ target: ts.ScriptTarget.ES2022, types: [], declaration: true })).toEqual([]);
}, 120_000);

test('a condition that is undefined is refused where the compiler tells it from one that is left out', () => {
  const calls = ['{ name: undefined }', '{ score: { $gt: undefined } }', '{}, { orderBy: { name: undefined } }'].map(
    (given) => `User.findBy(${given});`,
  );
  const options = { target: ts.ScriptTarget.ES2022, types: [], exactOptionalPropertyTypes: true };

  user.write(`${UNANNOTATED}${calls.join('\n')}`);
  expect(user.complaints(options)).toEqual(calls.map(() => expect.stringContaining("Type 'undefined' is not assignable") as string));

  user.write(`${UNANNOTATED}User.findBy({}, { orderBy: undefined, limit: undefined });`);
  expect(user.complaints(options)).toEqual([]);
}, 120_000);

test('models that hold one another have conditions', () => {
  const searches = `M0.findBy({ others: { others: { name: 'x' } }, $or: [{ name: 'y' }] }, { orderBy: { name: 'asc' } });
export type Names = keyof Where<M0>;
export const whereOf = (where: Where<M1>) => where.others;`;
  user.write(`${manyModels(3).replace('RedisList }', 'RedisList, type Where }')}${searches}`);

  expect(user.complaints({ target: ts.ScriptTarget.ES2022, types: [], declaration: true })).toEqual([]);
}, 120_000);

/** Models with lists of one another. */
function manyModels(count: number): string {
  const models = Array.from({ length: count }, (_, index) => {
    const other = `M${(index + 1) % count}`;
    return `
@Model()
export class M${index} extends AtomicRedisModel {
  @Field(String) name!: string;
  @Field(list(() => ${other})) others!: RedisList<${other}>;
}`;
  });
  return `import { AtomicRedisModel, Field, list, Model, RedisList } from 'redatom';${models.join('')}`;
}

test('a further model costs the compiler a few types, not those of all methods of Array', () => {
  const made = [20, 40, 60].map((count) => {
    user.write(manyModels(count));
    return user.typesMade();
  }) as [number, number, number];

  const perModel = [made[1] - made[0], made[2] - made[1]].map((more) => more / 20);
  expect(Math.max(...perModel)).toBeLessThan(150);
}, 120_000);
