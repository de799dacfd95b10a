/**
 * The layers of `src/`. A file may import from its own folder and from folders of a lower number: never sideways, never up.
 * A file directly in `src/` is its own entry.
 */
export const LAYERS: Readonly<Record<string, number>> = {
  'index.ts': 8,
  'testing.ts': 8,
  model: 7,
  batch: 7,
  service: 7,
  tree: 7,
  field: 6,
  scope: 5,
  lock: 5,
  executor: 4,
  command: 3,
  schema: 3,
  codec: 2,
  async: 2,
  path: 1,
  lua: 1,
  input: 1,
  errors: 0,
  memo: 0,
};

export interface Island {
  readonly folder: string;
  /** The only files outside that may import from the island. The island imports nothing from outside. */
  readonly importedBy: readonly string[];
  readonly layers: Readonly<Record<string, number>>;
}

/** Folders with layers of their own. */
export const ISLANDS: readonly Island[] = [
  {
    folder: 'embedded',
    importedBy: ['testing.ts'],
    layers: {
      'command-line.ts': 6,
      'test-hooks.ts': 6,
      'index.ts': 5,
      server: 4,
      commands: 3,
      state: 2,
      json: 1,
      lua: 1,
      protocol: 1,
      'integers.ts': 0,
      'messages.ts': 0,
    },
  },
];

export interface Door {
  readonly module: string;
  /** A folder (ends in a slash), a file, or `any one file`. */
  readonly through: string;
}

/** Foreign modules that enter through one place. */
export const DOORS: readonly Door[] = [
  { module: 'redis', through: 'executor/' },
  { module: '@redis/client', through: 'executor/' },
  { module: 'uuid', through: 'path/random-id.ts' },
  { module: 'reflect-metadata', through: 'schema/declarations.ts' },
  { module: 'class-transformer', through: 'codec/class-instance.ts' },
  { module: 'class-validator', through: 'any one file' },
];

/** Names that say nothing about what is inside. */
export const EMPTY_NAMES: readonly string[] = ['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'types'];

export const MAX_CODE_LINES = 300;
