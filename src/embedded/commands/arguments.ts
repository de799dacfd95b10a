import { fitsLong } from '../integers';
import { leadingNumber } from '../lua/c-text';
import { fault } from '../messages';
import { HashValue, ListValue, SetValue, type StoredValue } from '../state/values';
import { SortedSet } from '../state/sorted-set';
import { CommandError, UnexpectedWordError, type Context } from './command';

/** An argument that is certain to be there, because the arity was checked before. */
export function argument(args: readonly string[], index: number): string {
  return args[index] as string;
}

/** The words in pairs; undefined when their number is odd. */
export function pairsOf(words: readonly string[]): (readonly [string, string])[] | undefined {
  if (words.length % 2 === 1) return undefined;
  return Array.from({ length: words.length / 2 }, (_, at) => [argument(words, 2 * at), argument(words, 2 * at + 1)] as const);
}

/** The index of an option among the words, in upper or lower case; -1 when it is missing. */
export function positionOf(args: readonly string[], option: string): number {
  return args.findIndex((word) => word.toUpperCase() === option);
}

/** A 64-bit integer in the only notation that the server accepts. */
export function parseLong(text: string, message: string = fault.notInteger): bigint {
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(text)) throw new CommandError(message);
  const value = BigInt(text);
  if (!fitsLong(value)) throw new CommandError(message);
  return value;
}

/** An integer that is used as a count, index or time. */
export function parseInteger(text: string, message?: string): number {
  return Number(parseLong(text, message));
}

export function parseDouble(text: string, message: string = fault.notFloat): number {
  const found = leadingNumber(text);
  if (found === undefined || found.end !== text.length || Number.isNaN(found.value)) throw new CommandError(message);
  const isOutOfRange =
    Math.abs(found.value) === Infinity ? /\d/.test(text) : found.value === 0 && /^[^ep]*[1-9]/i.test(text.replace(/^[+-]?0x/i, ''));
  if (isOutOfRange) throw new CommandError(message);
  return found.value;
}

/** Walks the optional words of a command. */
export class Options {
  private index: number;

  constructor(
    private readonly args: readonly string[],
    start: number,
  ) {
    this.index = start;
  }

  get done(): boolean {
    return this.index >= this.args.length;
  }

  /** The next word in upper case. */
  next(): string {
    return this.take().toUpperCase();
  }

  /** The next word as written; a syntax error when there is none. */
  take(): string {
    const word = this.args[this.index];
    if (word === undefined) throw new UnexpectedWordError(this.args, this.index);
    this.index += 1;
    return word;
  }

  /** Takes the next word if it is this option, in upper or lower case. */
  accept(option: string): boolean {
    if (this.args[this.index]?.toUpperCase() !== option) return false;
    this.index += 1;
    return true;
  }

  /** The error that refuses the word taken last. */
  unexpected(): CommandError {
    return new UnexpectedWordError(this.args, this.index - 1);
  }

  get left(): number {
    return this.args.length - this.index;
  }
}

type Kind<T extends StoredValue> = abstract new (...args: never[]) => T;

function read<T extends StoredValue>(context: Context, key: string, kind: Kind<T>): T | undefined {
  const value = context.database.get(key);
  if (value === undefined || (typeof value !== 'string' && value instanceof kind)) return value;
  throw new CommandError(fault.wrongType);
}

export function readText(context: Context, key: string): string | undefined {
  const value = context.database.get(key);
  if (value === undefined || typeof value === 'string') return value;
  throw new CommandError(fault.wrongType);
}

export const readHash = (context: Context, key: string): HashValue | undefined => read(context, key, HashValue);
export const readList = (context: Context, key: string): ListValue | undefined => read(context, key, ListValue);
export const readSet = (context: Context, key: string): SetValue | undefined => read(context, key, SetValue);
export const readSorted = (context: Context, key: string): SortedSet | undefined => read(context, key, SortedSet);
