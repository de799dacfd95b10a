import { Mismatch } from '../codec/codec';
import { ValidationError, type ValueProblem } from '../errors/codec';
import { describe } from '../input/describe';

/** What is wrong with the conditions of a call: all of it is said at once. */
export class Problems {
  private readonly found: ValueProblem[] = [];

  /** @param field - Where it stands in what was given, such as `age.$gt`. */
  add(field: string, expected: string, given: unknown): void {
    this.found.push({ field, expected, found: describe(given) });
  }

  /** Notes why a value cannot be that of a field. */
  addMismatch(field: string, error: unknown): void {
    if (!(error instanceof Mismatch)) throw error;
    this.found.push(...error.misfits.map(({ expected, found }) => ({ field, expected, found })));
  }

  /** @throws {@link ValidationError} there is anything wrong. */
  refuse(model: string, command: string): void {
    if (this.found.length > 0) throw new ValidationError(this.found, { model, command });
  }
}

/** Where a member stands in what was given. */
export function inside(place: string, member: string): string {
  return place === '' ? member : `${place}.${member}`;
}
