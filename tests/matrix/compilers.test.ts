import { getOrMake } from '../../src/memo/get-or-make';
import { backends } from '../support/backends';
import { COMPILERS } from './compile/compilers';
import { nameOf, VARIANTS } from './compile/variant';
import { Workbench } from './compile/workbench';
import { localChecks } from './subject/local-behaviour';
import { storedChecks } from './subject/stored-behaviour';
import type { Verdict } from './subject/verdict';

const [backend] = backends() as [ReturnType<typeof backends>[number]];
const env = { REDIS_URL: backend.url };
const ENTRIES = ['run-full', 'run-hinted'] as const;
const cells = COMPILERS.flatMap((compiler) => VARIANTS.map((variant) => ({ compiler, variant, reason: compiler.lacks?.(variant) })));
type Cell = (typeof cells)[number];
const offered = cells.filter(({ reason }) => reason === undefined);
const title = ({ compiler, variant }: Cell): string => `${compiler.name}, ${nameOf(variant)}`;

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open();
}, 120_000);
afterAll(() => bench.close());

/** The folders in which the cells were compiled. */
const folders = new Map<Cell, Promise<string>>();

async function compiled({ compiler, variant }: Cell): Promise<string> {
  const folder = await bench.folderFor(
    variant,
    ENTRIES.map((entry) => `${entry}.ts`),
  );
  await compiler.compile?.({ variant, folder });
  return folder;
}

async function run<Result>(cell: Cell, entry: (typeof ENTRIES)[number]): Promise<Result> {
  const folder = await getOrMake(folders, cell, () => compiled(cell));
  return JSON.parse(await cell.compiler.run({ folder, entry, env })) as Result;
}

describe('one file of models behaves the same', () => {
  test.each(offered.map((cell) => [title(cell), cell] as const))(
    'by %s',
    async (_, cell) => {
      const verdict = await run<Verdict>(cell, 'run-full');
      expect(verdict.failed).toEqual([]);
      expect(verdict.passed).toEqual([...Object.keys(localChecks), ...Object.keys(storedChecks)]);
    },
    120_000,
  );

  const missing = cells.filter(({ reason }) => reason !== undefined);
  test.skip.each(missing.map((cell) => [title(cell), cell.reason] as const))('left out: %s, because %s', () => undefined);
});

describe('a @Field() without a type', () => {
  const legacy = offered.filter(({ variant }) => variant.decorators === 'legacy');

  test.each(legacy.filter(({ compiler }) => compiler.emitsMetadata).map((cell) => [title(cell), cell] as const))(
    'takes the type from the metadata of %s',
    async (_, cell) => {
      await expect(run(cell, 'run-hinted')).resolves.toEqual({ problems: [], passed: ['hints'], failed: [] });
    },
    120_000,
  );

  const without = offered.filter(({ compiler, variant }) => !compiler.emitsMetadata || variant.decorators === 'standard');
  test.each(without.map((cell) => [title(cell), cell] as const))(
    'is refused with the line to write, since there is no metadata from %s',
    async (_, cell) => {
      const { problems } = await run<{ problems: string[] }>(cell, 'run-hinted');
      expect(problems).toHaveLength(12);
      expect(problems[0]).toBe(
        'name: its type is unknown, because this compiler emits no type metadata; write @Field(String), or the type that it has',
      );
    },
    120_000,
  );
});
