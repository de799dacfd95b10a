import { choice, end, literal, optional, pattern, repeat, rule, sequence, token, type Part, type RuleName } from './path-parser';

/** The path language of the server. */

const member = token('<string>', pattern(/[a-zA-Z0-9\-_`~+#%$^/:]+/y));
const all = rule("'*'", literal('*'));
const number = token("'<number>'", pattern(/-?[1-9][0-9]*|-?[0-9]/y));

const quoted = (quote: string, name: RuleName, content: RegExp): Part =>
  sequence(literal(quote), token(name, pattern(content)), literal(quote));
const string = choice(
  quoted("'", 'string_value', /[^"\\']*/y),
  quoted('"', 'string_value', /[^"\\']*/y),
  quoted('"', 'string_value_escape_1', /(?:[^"\\]|\\["\\])*/y),
  quoted("'", 'string_value_escape_2', /(?:[^'\\]|\\['\\])*/y),
);

const colon = literal(':');
const step = optional(sequence(colon, optional(token('pos_number', pattern(/[1-9][0-9]*/y)))));
const range = rule(
  "['start:end:steps']",
  choice(
    rule('full_range', sequence(number, colon, number, step)),
    rule('right_range', sequence(colon, number, step)),
    rule('all_range', sequence(colon, step)),
    rule('left_range', sequence(number, colon, step)),
  ),
);

const list = (name: RuleName, item: Part): Part => rule(name, sequence(item, repeat(sequence(literal(','), item))));
const numbers = list("'<number>[,<number>,...]'", number);
const strings = list("'<string>[,<string>,...]'", string);

const filter: Part = (parsing) => filterRule(parsing);
const brackets = sequence(literal('['), choice(range, numbers, strings, all, sequence(literal('?'), filter)), literal(']'));
const element = choice(
  sequence(literal('.'), member),
  sequence(rule("'..'", literal('..')), choice(member, all, brackets)),
  sequence(literal('.'), all),
  sequence(optional(literal('.')), brackets),
);
const root = rule('root', sequence(choice(element, member, all), repeat(element)));

const term = choice(
  rule('from_current', sequence(literal('@'), optional(root))),
  rule('from_root', sequence(literal('$'), optional(root))),
  token('decimal', pattern(/(?:-?[1-9][0-9]*|-?[0-9])(?:\.[0-9]+)?/y)),
  string,
  token('boolean_true', literal('true')),
  token('boolean_false', literal('false')),
  token('null', literal('null')),
);
const operator = choice(
  token('ge', literal('>=')),
  token('gt', literal('>')),
  token('le', literal('<=')),
  token('lt', literal('<')),
  token('eq', literal('==')),
  token('ne', literal('!=')),
  token('re', literal('=~')),
);
const comparison = rule('single_filter', sequence(term, optional(sequence(operator, term))));
const operand = choice(comparison, sequence(literal('('), filter, literal(')')));
const relation = choice(rule('and', literal('&&')), rule('or', literal('||')));
const filterRule = rule("'[?(filter_expression)]'", sequence(operand, repeat(sequence(relation, operand))));

/** A whole path in `$` form. */
export const query = sequence(literal('$'), optional(root), rule('EOI', end));
