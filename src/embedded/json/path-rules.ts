import { type Grammar, type RuleName } from './path-grammar';

/** The path language of the server as rules over a `Grammar`; one method a rule. */
export class PathRules {
  constructor(private readonly grammar: Grammar) {}

  query(): boolean {
    const { grammar } = this;
    return grammar.sequence(
      () => grammar.literal('$'),
      () => grammar.optional(() => this.root()),
      () => grammar.rule('EOI', () => grammar.atEnd()),
    );
  }

  private root(): boolean {
    const { grammar } = this;
    return grammar.rule('root', () =>
      grammar.sequence(
        () =>
          grammar.choice(
            () => this.element(),
            () => this.member(),
            () => this.all(),
          ),
        () => grammar.repeat(() => this.element()),
      ),
    );
  }

  private element(): boolean {
    const { grammar } = this;
    return grammar.choice(
      () =>
        grammar.sequence(
          () => grammar.literal('.'),
          () => this.member(),
        ),
      () =>
        grammar.sequence(
          () => grammar.rule("'..'", () => grammar.literal('..')),
          () =>
            grammar.choice(
              () => this.member(),
              () => this.all(),
              () => this.brackets(),
            ),
        ),
      () =>
        grammar.sequence(
          () => grammar.literal('.'),
          () => this.all(),
        ),
      () =>
        grammar.sequence(
          () => grammar.optional(() => grammar.literal('.')),
          () => this.brackets(),
        ),
    );
  }

  private brackets(): boolean {
    const { grammar } = this;
    return grammar.sequence(
      () => grammar.literal('['),
      () => this.bracket(),
      () => grammar.literal(']'),
    );
  }

  private bracket(): boolean {
    const { grammar } = this;
    return grammar.choice(
      () => this.range(),
      () => this.list("'<number>[,<number>,...]'", () => this.number()),
      () => this.list("'<string>[,<string>,...]'", () => this.string()),
      () => this.all(),
      () =>
        grammar.sequence(
          () => grammar.literal('?'),
          () => this.filter(),
        ),
    );
  }

  private list(rule: RuleName, item: () => boolean): boolean {
    const { grammar } = this;
    return grammar.rule(rule, () => grammar.sequence(item, () => grammar.repeat(() => grammar.sequence(() => grammar.literal(','), item))));
  }

  private range(): boolean {
    const { grammar } = this;
    const colon = (): boolean => grammar.literal(':');
    const number = (): boolean => this.number();
    const step = (): boolean =>
      grammar.optional(() =>
        grammar.sequence(colon, () => grammar.optional(() => grammar.token('pos_number', () => grammar.pattern(/[1-9][0-9]*/y)))),
      );
    return grammar.rule("['start:end:steps']", () =>
      grammar.choice(
        () => grammar.rule('full_range', () => grammar.sequence(number, colon, number, step)),
        () => grammar.rule('right_range', () => grammar.sequence(colon, number, step)),
        () => grammar.rule('all_range', () => grammar.sequence(colon, step)),
        () => grammar.rule('left_range', () => grammar.sequence(number, colon, step)),
      ),
    );
  }

  private filter(): boolean {
    const { grammar } = this;
    const operand = (): boolean =>
      grammar.choice(
        () => this.comparison(),
        () =>
          grammar.sequence(
            () => grammar.literal('('),
            () => this.filter(),
            () => grammar.literal(')'),
          ),
      );
    const relation = (): boolean =>
      grammar.choice(
        () => grammar.rule('and', () => grammar.literal('&&')),
        () => grammar.rule('or', () => grammar.literal('||')),
      );
    return grammar.rule("'[?(filter_expression)]'", () =>
      grammar.sequence(operand, () => grammar.repeat(() => grammar.sequence(relation, operand))),
    );
  }

  private comparison(): boolean {
    const { grammar } = this;
    return grammar.rule('single_filter', () =>
      grammar.sequence(
        () => this.term(),
        () =>
          grammar.optional(() =>
            grammar.sequence(
              () => this.operator(),
              () => this.term(),
            ),
          ),
      ),
    );
  }

  private operator(): boolean {
    const spelled: readonly (readonly [RuleName, string])[] = [
      ['ge', '>='],
      ['gt', '>'],
      ['le', '<='],
      ['lt', '<'],
      ['eq', '=='],
      ['ne', '!='],
      ['re', '=~'],
    ];
    return spelled.some(([rule, text]) => this.grammar.token(rule, () => this.grammar.literal(text)));
  }

  private term(): boolean {
    const { grammar } = this;
    const anchored = (rule: RuleName, anchor: string) => (): boolean =>
      grammar.rule(rule, () =>
        grammar.sequence(
          () => grammar.literal(anchor),
          () => grammar.optional(() => this.root()),
        ),
      );
    return grammar.choice(
      anchored('from_current', '@'),
      anchored('from_root', '$'),
      () => grammar.token('decimal', () => grammar.pattern(/(?:-?[1-9][0-9]*|-?[0-9])(?:\.[0-9]+)?/y)),
      () => this.string(),
      () => grammar.token('boolean_true', () => grammar.literal('true')),
      () => grammar.token('boolean_false', () => grammar.literal('false')),
      () => grammar.token('null', () => grammar.literal('null')),
    );
  }

  private string(): boolean {
    const { grammar } = this;
    const quoted = (quote: string, rule: RuleName, content: RegExp) => (): boolean =>
      grammar.sequence(
        () => grammar.literal(quote),
        () => grammar.token(rule, () => grammar.pattern(content)),
        () => grammar.literal(quote),
      );
    return grammar.choice(
      quoted("'", 'string_value', /[^"\\']*/y),
      quoted('"', 'string_value', /[^"\\']*/y),
      quoted('"', 'string_value_escape_1', /(?:[^"\\]|\\["\\])*/y),
      quoted("'", 'string_value_escape_2', /(?:[^'\\]|\\['\\])*/y),
    );
  }

  private number(): boolean {
    return this.grammar.token("'<number>'", () => this.grammar.pattern(/-?[1-9][0-9]*|-?[0-9]/y));
  }

  private member(): boolean {
    return this.grammar.token('<string>', () => this.grammar.pattern(/[a-zA-Z0-9\-_`~+#%$^/:]+/y));
  }

  private all(): boolean {
    return this.grammar.rule("'*'", () => this.grammar.literal('*'));
  }
}
