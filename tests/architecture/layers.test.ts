import { resolve } from 'node:path';
import { cycles, doorViolations, layerViolations, nameViolations, sizeViolations, unknownEntries } from './layer-rules';
import { DOORS, EMPTY_NAMES, LAYERED_FOLDERS, LAYERS, MAX_CODE_LINES } from './layer-table';
import { countCodeLines, importsOf, readSourceFiles, type SourceFiles } from './source-files';

describe('src', () => {
  const files = readSourceFiles(resolve(__dirname, '../../src'));
  const imports = importsOf(files);

  test('has files, and they import one another', () => {
    expect(files.size).toBeGreaterThan(10);
    expect(imports.filter(({ isForeign, to }) => !isForeign && files.has(to)).length).toBeGreaterThan(10);
  });

  test('imports only files that exist', () => {
    expect(imports.filter(({ isForeign, to }) => !isForeign && !files.has(to)).map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test('has a layer for every folder', () => {
    expect(unknownEntries(files, LAYERS, LAYERED_FOLDERS)).toEqual([]);
  });

  test('imports downwards only', () => {
    expect(layerViolations(imports, LAYERS, LAYERED_FOLDERS)).toEqual([]);
  });

  test('has no ring of imports, type imports included', () => {
    expect(cycles(imports)).toEqual([]);
  });

  test('lets each foreign module in through one door', () => {
    expect(doorViolations(imports, DOORS)).toEqual([]);
  });

  test('has file names that say what is inside', () => {
    expect(nameViolations(files, EMPTY_NAMES)).toEqual([]);
  });

  test('has no file that is too long to read', () => {
    expect(sizeViolations(files, MAX_CODE_LINES)).toEqual([]);
  });
});

describe('the checker', () => {
  const sources = (texts: Record<string, string>): SourceFiles => new Map(Object.entries(texts));
  const check = (texts: Record<string, string>): string[] => layerViolations(importsOf(sources(texts)), LAYERS, LAYERED_FOLDERS);

  test('names an import that goes up, in every form of import', () => {
    const upwards = [
      "import { a } from '../model/hydrate';",
      "import type { A } from '../model/hydrate';",
      "export * from '../model/hydrate';",
    ];
    const hidden = [
      "const a = await import('../model/hydrate');",
      "let a: import('../model/hydrate').A;",
      "const a = require('../model/hydrate');",
    ];
    for (const text of [...upwards, ...hidden]) {
      expect(check({ 'field/redis-list.ts': text, 'model/hydrate.ts': '' })).toEqual([
        'src/field/redis-list.ts may not import src/model/hydrate.ts (6 → 8)',
      ]);
    }
  });

  test('names an import that goes sideways', () => {
    expect(check({ 'scope/commit.ts': "import '../lock/lease';", 'lock/lease.ts': '' })).toEqual([
      'src/scope/commit.ts may not import src/lock/lease.ts (5 → 5)',
    ]);
  });

  test('accepts imports inside a folder and downwards', () => {
    expect(
      check({ 'model/find.ts': "import './hydrate'; import '../errors/base';", 'model/hydrate.ts': '', 'errors/base.ts': '' }),
    ).toEqual([]);
  });

  test('keeps islands apart, except for the file that may land there', () => {
    const island = { 'embedded/index.ts': '', 'errors/base.ts': '' };
    expect(check({ ...island, 'testing.ts': "import './embedded/index';" })).toEqual([]);
    expect(check({ ...island, 'model/find.ts': "import '../embedded/index';" })).toEqual([
      'src/model/find.ts may not import src/embedded/index.ts (src/embedded is an island)',
    ]);
    expect(check({ ...island, 'embedded/server/a.ts': "import '../../errors/base'; import '../index';" })).toEqual([
      'src/embedded/server/a.ts may not import src/errors/base.ts (src/embedded is an island)',
      'src/embedded/server/a.ts may not import src/embedded/index.ts (5 → 6)',
    ]);
  });

  test('names an import that goes up inside of a folder with layers', () => {
    const texts = { 'executor/clients/link.ts': '', 'executor/outcomes/deadline.ts': "import '../clients/link';" };
    expect(check(texts)).toEqual(['src/executor/outcomes/deadline.ts may not import src/executor/clients/link.ts (3 → 4)']);
    expect(check({ 'executor/clients/link.ts': "import '../outcomes/deadline';", 'executor/outcomes/deadline.ts': '' })).toEqual([]);
    expect(check({ 'scope/commit.ts': "import '../executor/open/open';", 'executor/open/open.ts': '' })).toEqual([]);
  });

  test('names a folder that the table does not know', () => {
    expect(unknownEntries(sources({ 'extras/thing.ts': '', 'embedded/odd.ts': '' }), LAYERS, LAYERED_FOLDERS)).toEqual([
      'src/extras has no layer; give it one in tests/architecture/layer-table.ts',
      'src/embedded/odd.ts has no layer; give it one in tests/architecture/layer-table.ts',
    ]);
  });

  test('prints the ring, also when it is made of types', () => {
    const ring = sources({ 'a.ts': "import type { B } from './b';", 'b.ts': "import type { C } from './c';", 'c.ts': "import './a';" });
    expect(cycles(importsOf(ring))).toEqual(['src/a.ts → src/b.ts → src/c.ts → src/a.ts']);
  });

  test('names files that import a foreign module past its door', () => {
    const files = sources({
      'executor/node-redis/load.ts': "import 'redis';",
      'model/find.ts': "import type { RedisClientType } from 'redis';",
      'model/validate.ts': "require('class-validator');",
      'schema/validate.ts': "import 'class-validator';",
    });
    expect(doorViolations(importsOf(files), DOORS)).toEqual([
      'src/model/find.ts may not import redis; only src/executor/node-redis/ may',
      'class-validator is imported by src/model/validate.ts and src/schema/validate.ts; one file may',
    ]);
  });

  test('names files whose names say nothing, and files that are too long', () => {
    expect(
      nameViolations(sources({ 'field/utils.ts': '', 'field/redisList.ts': '', 'lua/catalog.generated.ts': '' }), EMPTY_NAMES),
    ).toEqual(['src/field/utils.ts: "utils" does not say what is inside', 'src/field/redisList.ts: file names are kebab-case']);
    expect(sizeViolations(sources({ 'model/find.ts': 'call();\n'.repeat(301) }), 300)).toEqual([
      'src/model/find.ts has 301 lines of code; 300 is the most',
    ]);
  });

  test('counts lines of code, not comments and blank lines', () => {
    expect(countCodeLines("/**\n * text\n */\nfoo(); // end\n\nconst a = `${b} it's\ntwo`;\n// last\n")).toBe(3);
  });
});
