/**
 * The layers of `src/`. A file may import from its own folder and from folders of a lower number: never sideways, never up.
 * A file directly in `src/` is its own entry.
 */
export const LAYERS: Readonly<Record<string, number>> = {
  'index.ts': 9,
  'testing.ts': 9,
  model: 8,
  batch: 8,
  service: 8,
  tree: 8,
  search: 7,
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

export interface LayeredFolder {
  readonly folder: string;
  readonly layers: Readonly<Record<string, number>>;
  /** For an island: the only files outside it that may import from it. The island itself imports nothing from outside. */
  readonly importedBy?: readonly string[];
}

/** Folders with layers of their own. */
export const LAYERED_FOLDERS: readonly LayeredFolder[] = [
  {
    folder: 'executor',
    layers: {
      open: 8,
      'node-redis-executor.ts': 7,
      'gathered-reads.ts': 6,
      'known-scripts.ts': 6,
      'messages.ts': 6,
      batch: 6,
      'executor.ts': 5,
      clients: 4,
      outcomes: 3,
      'request.ts': 2,
      commands: 1,
      'purpose.ts': 0,
      'node-redis': 0,
    },
  },
  {
    folder: 'embedded',
    importedBy: ['testing.ts'],
    layers: {
      'command-line.ts': 7,
      'test-hooks.ts': 7,
      'index.ts': 6,
      server: 5,
      commands: 4,
      state: 3,
      search: 2,
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
  { module: 'redis', through: 'executor/node-redis/' },
  { module: '@redis/client', through: 'executor/node-redis/' },
  { module: 'uuid', through: 'path/random-id.ts' },
  { module: 'reflect-metadata', through: 'schema/declarations.ts' },
  { module: 'class-transformer', through: 'codec/class-instance.ts' },
  { module: 'class-validator', through: 'any one file' },
];

/** Names that say nothing about what is inside. */
export const EMPTY_NAMES: readonly string[] = ['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'types'];

export const MAX_CODE_LINES = 300;
