import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TYPESCRIPTS } from './compile/compilers';
import { nameOf, VARIANTS } from './compile/variant';
import { repository, runWith, Workbench } from './compile/workbench';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open();
}, 120_000);
afterAll(() => bench.close());

const cells = Object.entries(TYPESCRIPTS).flatMap(([version, packageFolder]) =>
  VARIANTS.filter(({ defineFields }) => defineFields).map((variant) => ({
    title: `TypeScript ${version}, ${nameOf(variant)}`,
    tsc: join(repository, packageFolder, 'bin/tsc'),
    variant,
  })),
);

/** What a compiler reports about its input, without what it reports about other packages. */
async function complaints(tsc: string, folder: string): Promise<string[]> {
  const output = await runWith({}, [tsc, '-p', folder, '--noEmit', '--pretty', 'false'], folder).catch((error: unknown) => {
    // A compiler that did not start has not checked the declarations.
    if (!/error TS/.test(String(error))) throw error;
    return String(error);
  });
  return output.split('\n').filter((line) => /error TS/.test(line) && !/node_modules\/(?!redatom\/)/.test(line));
}

describe('the declarations of the built package', () => {
  test.each(cells)(
    'keep what the type tests state, and are right themselves: $title',
    async ({ tsc, variant }) => {
      const folder = await bench.folderWith(join(repository, 'tests/types'), variant, { skipLibCheck: false });
      // Proves that this would find a mistake.
      await writeFile(join(folder, 'wrong.types.ts'), "import { User } from './people';\nUser.build({ username: 3 });\n");
      await expect(complaints(tsc, folder)).resolves.toEqual([expect.stringContaining('wrong.types.ts(2,14)') as string]);
    },
    120_000,
  );

  test.each(cells.filter(({ variant }) => variant === cells[0]?.variant))(
    'allow undefined for every option, and for no required value: $title',
    async ({ tsc, variant }) => {
      const options = { skipLibCheck: false, exactOptionalPropertyTypes: true };
      const folder = await bench.folderWith(join(repository, 'tests/types'), variant, options);
      await writeFile(join(folder, 'wrong.types.ts'), "import { Draft } from './optional.types';\nDraft.build({ title: undefined });\n");
      await expect(complaints(tsc, folder)).resolves.toEqual([expect.stringContaining('wrong.types.ts(2,13)') as string]);
    },
    120_000,
  );
});
