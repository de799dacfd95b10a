import { dotted, type JsonPath } from '../../path/json-path';
import type { ErrorFacts } from '../../errors/base';
import { CorruptDocumentError } from '../../errors/codec';
import { CommitRefusedError } from '../../errors/commit';
import { asNamed, resultWithin } from '../checks';
import type { Check, Effect, Join, NamedDocument, Operation, Write } from '../operation';
import { singleAnswer } from '../reply';

/** Above this, adding could exceed the whole numbers that JSON readers agree on. */
const CAREFUL_ABOVE = 2 ** 52;

/** The client reads integers of RESP3 exactly up to here; the following ones may be off by one. */
const EXACT_BELOW = Number.MAX_SAFE_INTEGER - 64;

/** A plain command adds at most 2^52, so an integer that overflows at 2^63 ends up between this and 2^63, with the opposite sign. */
const RUN_OVER_ABOVE = 2 ** 63 - 2 ** 53;
const MAX_INTEGER = 2 ** 63;

const WHOLE_NUMBER = 'a whole number between -(2^53 - 1) and 2^53 - 1';

function limitOf(whole: boolean): number {
  return whole ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE;
}

/** Bounds that a number must keep in Redis. */
export interface NumberBounds {
  /** Smallest allowed result. Default: none. */
  readonly min?: number | undefined;
  /** Largest allowed result. Default: none. */
  readonly max?: number | undefined;
}

export interface NumberTarget {
  readonly path: JsonPath;
  readonly whole: boolean;
  /** Largest result and, negated, the smallest. Default: that of the type. */
  readonly limit?: number;
  /** The local value, which decides whether the plain command is safe. */
  readonly local: number;
}

/** How far a verb moves a number, and the bounds that the result must keep. */
export interface NumberMove extends NumberBounds {
  readonly verb: string;
  readonly by: number;
}

/** Made for every addition, so parts that only a commit needs are made on demand. */
export class AddToNumber implements Operation {
  /** @param steps - The numbers to add one after the other, if there are more than `move.by`. */
  constructor(
    readonly target: NumberTarget,
    readonly move: NumberMove,
    private readonly steps?: readonly number[],
  ) {}

  /** The same operation with several steps. */
  of(move: NumberMove, steps?: readonly number[]): Operation {
    return new AddToNumber(this.target, move, steps);
  }

  get verb(): string {
    return this.move.verb;
  }

  get path(): JsonPath {
    return this.target.path;
  }

  get checks(): Check[] {
    const { whole, limit = limitOf(whole) } = this.target;
    const { min = -limit, max = limit } = this.move;
    const check = resultWithin(this.path, { how: '+', by: this.allSteps, min: Math.max(min, -limit), max: Math.min(max, limit), whole });
    return [this.isBounded ? asNamed(check) : check];
  }

  get writes(): Write[] {
    return [numberWrite('JSON.NUMINCRBY', this.target, this.allSteps)];
  }

  get effects(): Effect[] {
    return [{ kind: 'change', path: this.path }];
  }

  get join(): Join | undefined {
    return this.isCareful ? undefined : SUM;
  }

  direct(key: string): string[] | undefined {
    return this.isCareful ? undefined : ['JSON.NUMINCRBY', key, this.path.sent, String(this.move.by)];
  }

  decode(reply: unknown, place: ErrorFacts): number {
    const { path, verb } = this;
    return Number(singleAnswer(reply, { expected: 'a number', path: path.text, command: verb }, place));
  }

  /** Checks the result, because the local value gave no reason to check before. */
  decodeDirect(reply: unknown, place: NamedDocument): number {
    const { path, verb, target } = this;
    const result = this.decode(reply, place);
    if (target.whole ? Number.isSafeInteger(result) && !isInexact(reply, result) : !this.hasRunOver(result)) return result;
    const facts = { model: place.model, key: place.key, path: path.text, command: verb };
    if (target.whole)
      throw new CorruptDocumentError([{ field: dotted(path.segments()), expected: WHOLE_NUMBER, found: String(result) }], facts);
    throw this.tooFar(String(result), facts);
  }

  /** RedisJSON since 8.8 refuses what overflows in earlier versions. */
  explain(answer: string, facts: ErrorFacts): CommitRefusedError | undefined {
    return answer === 'ERR numeric overflow' ? this.tooFar('beyond 64 bits', facts) : undefined;
  }

  review(problem: unknown): Operation | undefined {
    const isRefusal = problem instanceof CorruptDocumentError || problem instanceof CommitRefusedError;
    return isRefusal && Math.abs(Number(problem.found)) > EXACT_BELOW ? takeBackBeyond(this) : undefined;
  }

  /** Whether the result has overflowed: the server adds integers in 64 bits, and beyond that the sign changes. */
  private hasRunOver(result: number): boolean {
    const distance = Math.abs(result);
    return distance >= RUN_OVER_ABOVE && distance <= MAX_INTEGER && result < 0 === this.move.by > 0;
  }

  private tooFar(found: string, facts: ErrorFacts): CommitRefusedError {
    return new CommitRefusedError(this.move.by > 0 ? 'above-max' : 'below-min', found, facts);
  }

  private get allSteps(): readonly number[] {
    return this.steps ?? [this.move.by];
  }

  private get isBounded(): boolean {
    return this.move.min !== undefined || this.move.max !== undefined;
  }

  /** Whether the result has to be checked before it is written. */
  private get isCareful(): boolean {
    const { by } = this.move;
    return this.isBounded || Math.abs(this.target.local + by) > CAREFUL_ABOVE || Math.abs(by) > CAREFUL_ABOVE;
  }
}

function isInexact(reply: unknown, result: number): boolean {
  return typeof reply !== 'string' && Math.abs(result) > EXACT_BELOW;
}

/** Subtracts what was added if the number is beyond its limits. */
function takeBackBeyond({ path, verb, target: { whole }, move: { by } }: AddToNumber): Operation {
  const limit = limitOf(whole);
  // An integer that overflowed has the sign of the opposite direction.
  const min = !whole && by > 0 ? -RUN_OVER_ABOVE : -limit;
  const max = !whole && by <= 0 ? RUN_OVER_ABOVE : limit;
  return {
    verb,
    path,
    checks: [],
    writes: [{ name: 'number.takeBack', args: [path.sent, String(-by), String(min), String(max)] }],
    effects: [{ kind: 'change', path }],
    decode: (reply) => (reply === '' ? undefined : Number(reply)),
  };
}

/** Whole numbers stay within the range in which the server is exact. Others may exceed its 64 bits, where it overflows. */
function numberWrite(command: string, { path, whole }: NumberTarget, operands: readonly number[]): Write {
  if (whole) return { name: command, args: [path.sent, ...operands.map(String)] };
  return { name: 'float.change', args: [path.sent, command, operands.join(' ')] };
}

/** Adds to a number. With bounds, a result outside them is refused. */
export function addToNumber(target: NumberTarget, move: NumberMove): Operation {
  return new AddToNumber(target, move);
}

const SUM: Join = {
  kind: 'sum',
  all: (operations) => {
    const additions = operations as readonly AddToNumber[];
    const [first] = additions as [AddToNumber];
    const steps = additions.map(({ move }) => move.by);
    const by = steps.reduce((sum, step) => sum + step, 0);
    // The order of adding fractions matters, so their steps are kept.
    return first.of({ verb: first.verb, by }, first.target.whole ? undefined : steps);
  },
};

/** Multiplies a number. */
export function multiplyNumber(target: NumberTarget, { verb, by }: NumberMove): Operation {
  const { path, whole } = target;
  const limit = limitOf(whole);
  return {
    verb,
    path,
    checks: [resultWithin(path, { how: '*', by: [by], min: -limit, max: limit, whole })],
    writes: [numberWrite('JSON.NUMMULTBY', target, [by])],
    effects: [{ kind: 'change', path }],
    decode: (reply, place) => Number(singleAnswer(reply, { expected: 'a number', path: path.text, command: verb }, place)),
  };
}
