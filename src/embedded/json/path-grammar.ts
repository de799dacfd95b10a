/**
 * The rules of the path language, in the order in which the server lists them when it says what it expected.
 * Rules that a fault can name are numbered; the name is how the server spells them.
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

/** A path that does not follow the grammar: where it stopped and what could have followed. */
export interface GrammarFault {
  readonly position: number;
  readonly expected: readonly RuleName[];
}

/**
 * A recursive-descent parser that tracks, at the furthest place reached, which rules were tried. The bookkeeping follows the
 * parser generator of the server, so that the error texts agree.
 */
export class Grammar {
  position = 0;
  private atomic = false;
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

  literal(text: string): boolean {
    if (!this.text.startsWith(text, this.position)) return false;
    this.position += text.length;
    return true;
  }

  pattern(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text);
    if (found === null) return false;
    this.position += found[0].length;
    return true;
  }

  atEnd(): boolean {
    return this.position === this.text.length;
  }

  /** Blanks may stand between the parts of every rule that is not a token. */
  blanks(): true {
    if (!this.atomic) while (this.text.charCodeAt(this.position) === 0x20) this.position += 1;
    return true;
  }

  /** Tries alternatives in turn; each one starts from here. */
  choice(...alternatives: readonly (() => boolean)[]): boolean {
    return alternatives.some((alternative) => this.attempt(alternative));
  }

  /** Runs the parts one after the other with blanks between them; all or nothing. */
  sequence(...parts: readonly (() => boolean)[]): boolean {
    return this.attempt(() => parts.every((part, index) => (index === 0 || this.blanks()) && part()));
  }

  optional(part: () => boolean): true {
    this.attempt(part);
    return true;
  }

  repeat(part: () => boolean): true {
    if (this.attempt(part)) while (this.sequence(() => true, part));
    return true;
  }

  /** A rule whose inside is matched without blanks and without being tracked. */
  token(rule: RuleName, body: () => boolean): boolean {
    return this.rule(rule, () => {
      const before = this.atomic;
      this.atomic = true;
      const matched = body();
      this.atomic = before;
      return matched;
    });
  }

  rule(rule: RuleName, body: () => boolean): boolean {
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

  private attempt(part: () => boolean): boolean {
    const start = this.position;
    const produced = this.output.length;
    if (part()) return true;
    this.position = start;
    this.output.length = produced;
    return false;
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
