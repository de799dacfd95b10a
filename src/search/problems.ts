import { Mismatch } from '../codec/codec';
import { ValidationError, type ValueProblem } from '../errors/codec';
import { describe } from '../input/describe';

/** The problems of the conditions of a call, which are reported together. */
export class Problems {
  private readonly found: ValueProblem[] = [];

  /** @param field - The place in the given conditions, such as `age.$gt`. */
  add(field: string, expected: string, given: unknown): void {
    this.found.push({ field, expected, found: describe(given) });
  }

  /** Notes why a value does not fit a field. */
  addMismatch(field: string, error: unknown): void {
    if (!(error instanceof Mismatch)) throw error;
    this.found.push(...error.misfits.map(({ expected, found }) => ({ field, expected, found })));
  }

  /** @throws {@link ValidationError} there are any problems. */
  refuse(model: string, command: string): void {
    if (this.found.length > 0) throw new ValidationError(this.found, { model, command });
  }
}

/** The place of a member in the given conditions. */
export function inside(place: string, member: string): string {
  return place === '' ? member : `${place}.${member}`;
}
