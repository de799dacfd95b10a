import { ErrorReply } from 'redis';
import { toRedatomError } from '../../../src/executor/outcomes/reply-errors';
import { searchVerb } from '../../../src/model/search-place';

const REQUEST = { args: ['FT.SEARCH'], key: undefined, write: false, model: 'User', purpose: searchVerb('findBy') };

describe('what servers answer to a search', () => {
  test.each([
    'User:index:0123456789ab: no such index',
    'Unknown Index name',
    'Unknown index name (or name is an alias itself)',
    'No such index User:index:0123456789ab',
    'SEARCH_INDEX_NOT_FOUND Index not found: User:index:0123456789ab',
  ])('where there is no index: %s', (answer) => {
    expect(toRedatomError(new ErrorReply(answer), REQUEST)).toMatchObject({ code: 'INDEX_NOT_FOUND', model: 'User', command: 'findBy' });
  });

  test.each([
    [
      "ERR unknown command 'FT.SEARCH', with args beginning with: 'secret' ",
      'findBy does not work here: the server has no search commands; ',
    ],
    [
      'ERR unknown command `FT.CREATE`, with args beginning with: `secret`, ',
      'findBy does not work here: the server has no search commands; ',
    ],
    ['Cannot create index on db != 0', 'findBy does not work here: Redis keeps indexes in database 0 only; '],
  ])('where there can be none: %s', (answer, message) => {
    const error = toRedatomError(new ErrorReply(answer), REQUEST);

    expect(error).toMatchObject({ code: 'SEARCH_UNAVAILABLE', model: 'User', command: 'findBy' });
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('secret');
  });

  test('where it is something else', () => {
    const error = toRedatomError(new ErrorReply('NOPERM User app has no permissions'), REQUEST);

    expect(error).toMatchObject({ code: 'REDIS_SERVICE', reply: 'NOPERM' });
  });
});
