import { explain } from './support/compare';
import type { WireReply } from './support/wire';

const error = (text: string): WireReply => ({ type: '-', text });
const request = ['SET', 'k', 'v', 'FOO'];

describe('a longer error text of the embedded server', () => {
  test.each([
    ['names a word of the request', "ERR syntax error, unexpected 'FOO' in SET"],
    ['says that the request ends too early', 'ERR syntax error, unexpected end of SET'],
  ])('is explained when it %s', (_, text) => {
    expect(explain(request, error('ERR syntax error'), error(text))).toBe('names the word that is not understood');
    expect(explain(request, { type: '*', items: [error('ERR syntax error')] }, { type: '*', items: [error(text)] })).toBe(
      'names the word that is not understood',
    );
  });

  test.each([
    ['names a word that was not sent', 'ERR syntax error', "ERR syntax error, unexpected 'BAR' in SET"],
    ['goes on in another way', 'ERR syntax error', "ERR syntax error, unexpected 'FOO' in SET today"],
    ['begins with another text', 'ERR no such key', "ERR syntax error, unexpected 'FOO' in SET"],
    ['is the real one', "ERR syntax error, unexpected 'FOO' in SET", 'ERR syntax error'],
  ])('is a difference when it %s', (_, real, embedded) => {
    expect(explain(request, error(real), error(embedded))).toBeUndefined();
  });
});
