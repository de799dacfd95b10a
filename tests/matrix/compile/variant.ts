/** One way of compiling a model. */
export interface Variant {
  readonly decorators: 'legacy' | 'standard';
  /** Class fields are defined on the instance, as the language specifies, not assigned. */
  readonly defineFields: boolean;
}

export const VARIANTS: readonly Variant[] = (['legacy', 'standard'] as const).flatMap((decorators) =>
  [true, false].map((defineFields) => ({ decorators, defineFields })),
);

export function nameOf({ decorators, defineFields }: Variant): string {
  return `${decorators} decorators, useDefineForClassFields ${defineFields}`;
}

/** A compiler as people set it up. */
export interface Compiler {
  readonly name: string;
  /** Why the compiler has no such variant; undefined when it has. */
  readonly lacks?: (variant: Variant) => string | undefined;
  /** It writes `design:type` for legacy decorators. */
  readonly emitsMetadata: boolean;
  /** Compiles the TypeScript files of a folder; missing where that happens when one is run. */
  readonly compile?: (job: Job) => Promise<void>;
  /** Runs one of the files, which prints its result. */
  readonly run: (run: Run) => Promise<string>;
}

export interface Job {
  readonly variant: Variant;
  /** Holds the sources and a `tsconfig.json`; what is compiled may go here too. */
  readonly folder: string;
}

export interface Run {
  readonly folder: string;
  /** Name of the file to run, without its ending. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
}
