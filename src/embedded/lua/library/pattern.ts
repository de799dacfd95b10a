import { luaFault } from '../../messages';
import type { Machine } from '../machine';
import type { LuaValue } from '../value';

interface Capture {
  start: number;
  /** -1 while open, -2 for a position. */
  length: number;
}

const OPEN = -1;
const POSITION = -2;
const MAX_CAPTURES = 32;

const CLASSES: Readonly<Record<string, RegExp>> = {
  a: /[A-Za-z]/,
  // eslint-disable-next-line no-control-regex -- this is the class of control characters
  c: /[\x00-\x1f\x7f]/,
  d: /[0-9]/,
  l: /[a-z]/,
  p: /[!-/:-@[-`{-~]/,
  s: /[\t-\r ]/,
  u: /[A-Z]/,
  w: /[A-Za-z0-9]/,
  x: /[0-9A-Fa-f]/,
  z: /\0/,
};

/** Matches a Lua pattern on text of one byte per character. */
export class PatternMatch {
  captures: Capture[] = [];

  constructor(
    private readonly machine: Machine,
    private readonly text: string,
    private readonly pattern: string,
  ) {}

  /** The end of the match that begins at `start`, or -1. */
  matchAt(start: number, patternStart: number): number {
    this.captures = [];
    return this.run(start, patternStart);
  }

  /** The captures, or the whole match when there are none. */
  values(start: number, end: number): LuaValue[] {
    if (this.captures.length === 0) return [this.text.slice(start, end)];
    return this.captures.map((_, index) => this.value(index, start, end));
  }

  whole(start: number, end: number): string {
    return this.text.slice(start, end);
  }

  value(index: number, start: number, end: number): LuaValue {
    const capture = this.captures[index];
    if (capture === undefined) {
      if (index === 0) return this.text.slice(start, end);
      throw this.machine.fault(luaFault.captureIndex);
    }
    if (capture.length === OPEN) throw this.machine.fault(luaFault.patternCapture);
    return capture.length === POSITION ? capture.start + 1 : this.text.slice(capture.start, capture.start + capture.length);
  }

  private run(start: number, at: number): number {
    let [from, place] = [start, at];
    for (;;) {
      this.machine.tick();
      if (place >= this.pattern.length) return from;
      const letter = this.pattern.charAt(place);
      if (letter === '(') return this.capture(from, place);
      if (letter === ')') return this.closeCapture(from, place);
      if (letter === '$' && place + 1 === this.pattern.length) return from === this.text.length ? from : -1;
      if (letter === '%') {
        const special = this.special(from, place);
        if (special !== undefined) {
          if (special.next === undefined) return special.end;
          [from, place] = [special.end, special.next];
          continue;
        }
      }
      const end = this.endOfClass(place);
      const suffix = this.pattern.charAt(end);
      if (suffix !== '' && '?*+-'.includes(suffix)) return this.repeated(from, { place, end, suffix });
      if (!this.single(from, place, end)) return -1;
      [from, place] = [from + 1, end];
    }
  }

  /** `%b`, `%f` and back-references; undefined for a plain class. */
  private special(from: number, place: number): { readonly end: number; readonly next: number | undefined } | undefined {
    const kind = this.pattern.charAt(place + 1);
    if (kind === 'b') {
      const end = this.balanced(from, place + 2);
      return { end, next: end === -1 ? undefined : place + 4 };
    }
    if (kind === 'f') {
      if (this.pattern.charAt(place + 2) !== '[') throw this.machine.fault(luaFault.patternFrontier);
      const end = this.endOfClass(place + 2);
      const before = from === 0 ? '\0' : this.text.charAt(from - 1);
      const here = from < this.text.length ? this.text.charAt(from) : '\0';
      const isFrontier = !this.inSet(before, place + 2, end - 1) && this.inSet(here, place + 2, end - 1);
      return isFrontier ? { end: from, next: end } : { end: -1, next: undefined };
    }
    if (!/[0-9]/.test(kind)) return undefined;
    const capture = this.captures[Number(kind) - 1];
    if (capture === undefined || capture.length === OPEN) throw this.machine.fault(luaFault.captureIndex);
    const repeated = this.text.slice(capture.start, capture.start + capture.length);
    return this.text.startsWith(repeated, from) ? { end: from + repeated.length, next: place + 2 } : { end: -1, next: undefined };
  }

  private balanced(from: number, place: number): number {
    if (place + 1 >= this.pattern.length) throw this.machine.fault(luaFault.patternBalance);
    const [opening, closing] = [this.pattern.charAt(place), this.pattern.charAt(place + 1)];
    if (this.text.charAt(from) !== opening) return -1;
    let depth = 1;
    for (let index = from + 1; index < this.text.length; index += 1) {
      const letter = this.text.charAt(index);
      if (letter === closing) {
        depth -= 1;
        if (depth === 0) return index + 1;
      } else if (letter === opening) depth += 1;
    }
    return -1;
  }

  private repeated(from: number, part: { readonly place: number; readonly end: number; readonly suffix: string }): number {
    const { place, end, suffix } = part;
    if (suffix === '?') {
      const taken = this.single(from, place, end) ? this.run(from + 1, end + 1) : -1;
      return taken === -1 ? this.run(from, end + 1) : taken;
    }
    if (suffix === '-') {
      for (let index = from; ; index += 1) {
        const rest = this.run(index, end + 1);
        if (rest !== -1) return rest;
        if (!this.single(index, place, end)) return -1;
      }
    }
    let count = 0;
    while (this.single(from + count, place, end)) count += 1;
    for (const least = suffix === '+' ? 1 : 0; count >= least; count -= 1) {
      const rest = this.run(from + count, end + 1);
      if (rest !== -1) return rest;
    }
    return -1;
  }

  private capture(from: number, place: number): number {
    if (this.captures.length >= MAX_CAPTURES) throw this.machine.fault(luaFault.tooManyCaptures);
    const isPosition = this.pattern.charAt(place + 1) === ')';
    const depth = this.captures.length;
    this.captures.push({ start: from, length: isPosition ? POSITION : OPEN });
    const end = this.run(from, place + (isPosition ? 2 : 1));
    if (end === -1) this.captures.length = depth;
    return end;
  }

  private closeCapture(from: number, place: number): number {
    const capture = [...this.captures].reverse().find(({ length }) => length === OPEN);
    if (capture === undefined) throw this.machine.fault(luaFault.invalidPatternCapture);
    capture.length = from - capture.start;
    const end = this.run(from, place + 1);
    if (end === -1) capture.length = OPEN;
    return end;
  }

  private endOfClass(place: number): number {
    const letter = this.pattern.charAt(place);
    if (letter === '%') {
      if (place + 1 >= this.pattern.length) throw this.machine.fault(luaFault.patternEnds);
      return place + 2;
    }
    if (letter !== '[') return place + 1;
    let index = place + (this.pattern.charAt(place + 1) === '^' ? 2 : 1);
    do {
      if (index >= this.pattern.length) throw this.machine.fault(luaFault.patternBracket);
      index += this.pattern.charAt(index) === '%' ? 2 : 1;
    } while (this.pattern.charAt(index) !== ']' || index >= this.pattern.length);
    return index + 1;
  }

  private single(from: number, place: number, end: number): boolean {
    if (from >= this.text.length) return false;
    const letter = this.text.charAt(from);
    const kind = this.pattern.charAt(place);
    if (kind === '.') return true;
    if (kind === '%') return inClass(letter, this.pattern.charAt(place + 1));
    return kind === '[' ? this.inSet(letter, place, end - 1) : kind === letter;
  }

  private inSet(letter: string, place: number, last: number): boolean {
    let index = place + 1;
    const negated = this.pattern.charAt(index) === '^';
    if (negated) index += 1;
    for (; index < last; index += 1) {
      const kind = this.pattern.charAt(index);
      if (kind === '%') {
        index += 1;
        if (inClass(letter, this.pattern.charAt(index))) return !negated;
      } else if (this.pattern.charAt(index + 1) === '-' && index + 2 < last) {
        if (kind <= letter && letter <= this.pattern.charAt(index + 2)) return !negated;
        index += 2;
      } else if (kind === letter) return !negated;
    }
    return negated;
  }
}

function inClass(letter: string, kind: string): boolean {
  const known = CLASSES[kind.toLowerCase()];
  if (known === undefined) return kind === letter;
  return known.test(letter) === (kind === kind.toLowerCase());
}
