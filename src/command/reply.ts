import type { ErrorFacts } from '../errors/base';
import { PathMismatchError } from '../errors/document';

/** What a command on one path expects, for error messages. */
interface Expectation extends ErrorFacts {
  readonly expected: string;
}

/**
 * The single answer of a command on one path. RedisJSON answers `[]` for a missing path and `[null]` for a value of another type; both are errors
 * here. Numbers arrive as `[3]` (RESP3) or as the text `"[3]"` (RESP2 and scripts).
 */
export function singleAnswer(reply: unknown, expectation: Expectation, place: ErrorFacts): number | string {
  const answers: unknown = typeof reply === 'string' && reply.startsWith('[') ? JSON.parse(reply) : reply;
  const answer: unknown = Array.isArray(answers) ? answers[0] : answers;
  if (typeof answer === 'number' || typeof answer === 'string') return answer;
  const { model, key } = place;
  const found = Array.isArray(answers) && answers.length > 0 ? 'another type' : 'nothing';
  throw new PathMismatchError(expectation.expected, found, { model, key, ...expectation });
}
