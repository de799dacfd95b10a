/**
 * The rules of the path language, spelled as in the server's errors, and in the order in which it lists
 * the rules that it expected.
 */
const RULE_NAMES = [
  'EOI',
  '<string>',
  'string_value',
  'string_value_escape_1',
  'string_value_escape_2',
  "'<string>[,<string>,...]'",
  'pos_number',
  "'<number>'",
  'decimal',
  "'<number>[,<number>,...]'",
  "['start:end:steps']",
  'right_range',
  'all_range',
  'left_range',
  'full_range',
  'from_current',
  'from_root',
  'ge',
  'gt',
  'le',
  'lt',
  'eq',
  'ne',
  're',
  'boolean_true',
  'boolean_false',
  'null',
  'single_filter',
  'and',
  'or',
  "'[?(filter_expression)]'",
  "'*'",
  "'..'",
  'root',
] as const;

export type RuleName = (typeof RULE_NAMES)[number];

/** A matched rule: its text and the rules matched inside it. */
export interface Match {
  readonly rule: RuleName;
  readonly text: string;
  readonly inner: readonly Match[];
}

/** Where a path stops following the grammar, and the rules that could have matched there. */
interface GrammarFault {
  readonly position: number;
  readonly expected: readonly RuleName[];
}

/** A rule of the grammar, or a part of one. Matches the text at the current position and moves it, or leaves it as it was. */
export type Part = (parsing: Parsing) => boolean;

/**
 * How far a text is parsed, and which rules were tried at the furthest position. The rules are tracked as in the server's parser generator, so that
 * error texts agree.
 */
export class Parsing {
  position = 0;
  atomic = false;
  private attemptPosition = 0;
  private attempts: RuleName[] = [];
  private output: Match[] = [];

  constructor(readonly text: string) {}

  fault(): GrammarFault {
    const expected = [...new Set(this.attempts)].sort((left, right) => RULE_NAMES.indexOf(left) - RULE_NAMES.indexOf(right));
    return { position: this.attemptPosition, expected };
  }

  get matches(): readonly Match[] {
    return this.output;
  }

  /** Blanks are allowed between the parts of every rule that is not a token. */
  skipBlanks(): void {
    if (!this.atomic) while (this.text.charCodeAt(this.position) === 0x20) this.position += 1;
  }

  attempt(part: Part): boolean {
    const start = this.position;
    const produced = this.output.length;
    if (part(this)) return true;
    this.position = start;
    this.output.length = produced;
    return false;
  }

  match(rule: RuleName, body: Part): boolean {
    const start = this.position;
    const index = start === this.attemptPosition ? this.attempts.length : 0;
    const before = this.attemptsAt(start);
    const outer = this.output;
    this.output = [];
    const matched = this.attempt(body);
    const inner = this.output;
    this.output = outer;
    if (matched) outer.push({ rule, text: this.text.slice(start, this.position), inner });
    else this.track(rule, start, { index, before });
    return matched;
  }

  private attemptsAt(position: number): number {
    return position === this.attemptPosition ? this.attempts.length : 0;
  }

  private track(rule: RuleName, position: number, tried: { readonly index: number; readonly before: number }): void {
    if (this.atomic) return;
    const added = this.attemptsAt(position) - tried.before;
    if (added === 1) return;
    if (position === this.attemptPosition) this.attempts.length = Math.min(tried.index, this.attempts.length);
    if (position > this.attemptPosition) {
      this.attempts = [];
      this.attemptPosition = position;
    }
    if (position === this.attemptPosition) this.attempts.push(rule);
  }
}

export const end: Part = ({ position, text }) => position === text.length;

export function pattern(expression: RegExp): Part {
  return (parsing) => {
    expression.lastIndex = parsing.position;
    const found = expression.exec(parsing.text);
    if (found === null) return false;
    parsing.position += found[0].length;
    return true;
  };
}

export function literal(text: string): Part {
  return (parsing) => {
    if (!parsing.text.startsWith(text, parsing.position)) return false;
    parsing.position += text.length;
    return true;
  };
}

/** The first of the alternatives that matches; each one starts at the same position. */
export function choice(...alternatives: readonly Part[]): Part {
  return (parsing) => alternatives.some((alternative) => parsing.attempt(alternative));
}

/** All parts in order, with optional blanks between them, or none of them. */
export function sequence(...parts: readonly Part[]): Part {
  const each: Part = (parsing) =>
    parts.every((part, index) => {
      if (index > 0) parsing.skipBlanks();
      return part(parsing);
    });
  return (parsing) => parsing.attempt(each);
}

export function optional(part: Part): Part {
  return (parsing) => {
    parsing.attempt(part);
    return true;
  };
}

export function repeat(part: Part): Part {
  const next = sequence(() => true, part);
  return (parsing) => {
    if (parsing.attempt(part)) while (next(parsing));
    return true;
  };
}

export function rule(name: RuleName, body: Part): Part {
  return (parsing) => parsing.match(name, body);
}

/** A rule whose inside is matched without blanks and without being tracked. */
export function token(name: RuleName, body: Part): Part {
  return rule(name, (parsing) => {
    const before = parsing.atomic;
    parsing.atomic = true;
    const matched = body(parsing);
    parsing.atomic = before;
    return matched;
  });
}
