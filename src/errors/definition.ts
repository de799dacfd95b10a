import { RedatomError } from './base';

/**
 * A model class is declared wrongly. All problems of the class are listed at once, each with the line to write.
 *
 * Thrown when the class is first used: at the latest by `connect`.
 */
export class SchemaError extends RedatomError {
  override readonly code = 'SCHEMA';

  constructor(
    model: string,
    readonly problems: readonly string[],
  ) {
    super(`${model} is declared wrongly:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, { model });
  }
}
