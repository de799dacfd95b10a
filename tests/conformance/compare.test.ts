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

describe('two results of a search', () => {
  const list = (...items: (WireReply | string)[]): WireReply => ({
    type: '*',
    items: items.map((item) => (typeof item === 'string' ? { type: '$', text: item } : item)),
  });
  const result = (total: number, ...rows: string[]): WireReply =>
    list({ type: ':', text: String(total) }, ...rows.flatMap((row) => [row, list('n', row.slice(0, 1), '$', row)]));
  const any = ['FT.SEARCH', 'i', '*'];
  const sorted = [...any, 'SORTBY', 'n'];

  test.each([
    ['come in another order', any, result(2, '1a', '2a'), result(2, '2a', '1a')],
    ['are cut elsewhere', any, result(3, '1a', '2a'), result(3, '2a', '3a')],
    ['are sorted by what they share', sorted, result(2, '1a', '1b'), result(2, '1b', '1a')],
  ])('are the same when they %s', (_, request, real, embedded) => {
    expect(explain(request, real, embedded)).toBe('order is not promised');
  });

  test.each([
    ['have another row', any, result(2, '1a', '2a'), result(2, '1a', '2b')],
    ['have a row too few', any, result(2, '1a', '2a'), result(2, '1a')],
    ['have another total', any, result(3, '1a', '2a'), result(2, '1a', '2a')],
    ['are sorted otherwise', sorted, result(2, '1a', '2a'), result(2, '2a', '1a')],
    ['are errors with other texts', any, error('Syntax error at offset 1'), error('Syntax error at offset 2')],
    ['are an error and a result', any, error('Syntax error'), result(0)],
  ])('differ when they %s', (_, request, real, embedded) => {
    expect(explain(request, real, embedded)).toBeUndefined();
  });
});
