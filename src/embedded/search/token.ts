import { queryFault } from './messages';
import { QueryError } from './expression';

/** A token of a query. The kind of a punctuation mark is the mark. */
export interface Token {
  readonly kind: 'attribute' | 'parameter' | 'number' | 'ismissing' | 'end' | '*' | '-' | '|' | '(' | ')' | '[' | ']' | '{' | '}' | ':';
  /** As written, but the name of an attribute is without its escapes. */
  readonly text: string;
  /** The word as written, without the mark before it; undefined for a punctuation mark. */
  readonly word: string | undefined;
  readonly start: number;
  readonly end: number;
}

const ESCAPED = String.raw`[!-/:-@[-\x60{-~ \t-\r]`;
const NAME = String.raw`((?:[\w\x80-\xff]|\\${ESCAPED})+)`;
/** All backslashes in a row before a mark count as escapes, so a name with a backslash before a mark cannot be found. */
const ESCAPES = new RegExp(String.raw`\\(?=${ESCAPED})`, 'g');
/** The server reads a word differently if something like a star follows it, so such words match no token and are refused. */
const WORD_ENDS = String.raw`(?![\w\x80-\xff\\*])`;

const TOKEN = new RegExp(
  [
    `@${NAME}`,
    String.raw`\$${NAME}${WORD_ENDS}`,
    String.raw`([-+]?(?:inf|\d+(?:\.\d+)?(?:e[-+]?\d+)?))${WORD_ENDS}`,
    `(ismissing)${WORD_ENDS}`,
    String.raw`\*(?!-?[\w\x80-\xff\\$'"])|[-|()[\]{}:]`,
    '$',
  ].join('|'),
  'iy',
);
const BLANKS = /[ \t-\r]*/y;

/** The first token of a query at or after a position. */
export function tokenAt(query: string, from: number): Token {
  BLANKS.lastIndex = from;
  BLANKS.exec(query);
  const start = BLANKS.lastIndex;
  TOKEN.lastIndex = start;
  const found = TOKEN.exec(query);
  if (found === null) throw new QueryError(queryFault.unsupported(query.slice(start, start + 20), start));
  const [mark, attribute, parameter, number, ismissing] = found;
  const place = { start, end: start + mark.length };
  if (attribute !== undefined) return { kind: 'attribute', text: attribute.replace(ESCAPES, ''), word: attribute, ...place };
  if (parameter !== undefined) return { kind: 'parameter', text: parameter, word: parameter, ...place };
  if (number !== undefined) return { kind: 'number', text: number, word: number, ...place };
  if (ismissing !== undefined) return { kind: 'ismissing', text: ismissing, word: ismissing, ...place };
  return { kind: mark === '' ? 'end' : (mark as Token['kind']), text: mark, word: undefined, ...place };
}
