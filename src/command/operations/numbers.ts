import { dotted, type JsonPath } from '../../path/json-path';
import type { ErrorFacts } from '../../errors/base';
import { CorruptDocumentError } from '../../errors/codec';
import { CommitRefusedError } from '../../errors/commit';
import { asNamed, resultWithin } from '../checks';
import type { Check, Effect, Join, NamedDocument, Operation, Write } from '../operation';
import { singleAnswer } from '../reply';

/** Beyond this, adding could leave the whole numbers that JSON readers agree on. */
const CAREFUL_ABOVE = 2 ** 52;

/** Integers of RESP3 up to here are read exactly by the client; those that follow may be one off. */
const EXACT_BELOW = Number.MAX_SAFE_INTEGER - 64;

/** A plain command adds at most 2^52, so an integer that runs over at 2^63 comes out between here and there, with the other sign. */
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
  /** Largest result, and with a minus the smallest. Default: that of the type. */
  readonly limit?: number;
  /** The value known here, to tell whether the plain command is safe. */
  readonly local: number;
}

/** How far a verb moves a number, and the bounds that the result must keep. */
export interface NumberMove extends NumberBounds {
  readonly verb: string;
  readonly by: number;
}

/** Made at once for each count, so what only a commit needs is made when a commit asks for it. */
export class AddToNumber implements Operation {
  /** @param steps - What is added one after the other, where that is more than `move.by`. */
  constructor(
    readonly target: NumberTarget,
    readonly move: NumberMove,
    private readonly steps?: readonly number[],
  ) {}

  /** The same operation for several steps. */
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

  /** The value known here gave no reason to look first. */
  decodeDirect(reply: unknown, place: NamedDocument): number {
    const { path, verb, target } = this;
    const result = this.decode(reply, place);
    if (target.whole ? Number.isSafeInteger(result) && !isInexact(reply, result) : !this.hasRunOver(result)) return result;
    const facts = { model: place.model, key: place.key, path: path.text, command: verb };
    if (target.whole)
      throw new CorruptDocumentError([{ field: dotted(path.segments()), expected: WHOLE_NUMBER, found: String(result) }], facts);
    throw this.tooFar(String(result), facts);
  }

  /** RedisJSON since 8.8 refuses what before runs over. */
  explain(answer: string, facts: ErrorFacts): CommitRefusedError | undefined {
    return answer === 'ERR numeric overflow' ? this.tooFar('beyond 64 bits', facts) : undefined;
  }

  review(problem: unknown): Operation | undefined {
    const isRefusal = problem instanceof CorruptDocumentError || problem instanceof CommitRefusedError;
    return isRefusal && Math.abs(Number(problem.found)) > EXACT_BELOW ? takeBackBeyond(this) : undefined;
  }

  /** Of two integers the server takes the sum in 64 bits; beyond, it has the other sign. */
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

  /** The result has to be looked at before it is written. */
  private get isCareful(): boolean {
    const { by } = this.move;
    return this.isBounded || Math.abs(this.target.local + by) > CAREFUL_ABOVE || Math.abs(by) > CAREFUL_ABOVE;
  }
}

function isInexact(reply: unknown, result: number): boolean {
  return typeof reply !== 'string' && Math.abs(result) > EXACT_BELOW;
}

/** Subtracts again what was added, if the number is where it must not be. */
function takeBackBeyond({ path, verb, target: { whole }, move: { by } }: AddToNumber): Operation {
  const limit = limitOf(whole);
  // An integer that ran over has the sign of the other direction.
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

/** Whole numbers stay within what the server counts with exactly. Others may leave its 64 bits, beyond which it runs over. */
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
    // A sum of fractions depends on where it begins.
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
