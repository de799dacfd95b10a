import { ClientClosedError, ErrorReply } from 'redis';
import { toRedatomError } from '../../../src/executor/reply-errors';

const REQUEST = { args: ['EVALSHA'], key: 'User:ada', write: true, model: 'User', purpose: { verb: 'aupdate' } };

describe('a server without RedisJSON', () => {
  test.each([
    "ERR unknown command 'JSON.SET', with args beginning with: 'User:ada' '$' 'secret' ",
    'ERR unknown command `JSON.GET`, with args beginning with: `User:ada`, ',
    'ERR Unknown Redis command called from script script: 1f, on @user_script:3.',
    'ERR Unknown command called from script script: on @user_script:10.',
  ])('is named as one: %s', (answer) => {
    const error = toRedatomError(new ErrorReply(answer), REQUEST);

    expect(error).toMatchObject({ code: 'REDIS_SERVICE', reply: 'ERR', command: 'aupdate', model: 'User', key: 'User:ada' });
    expect(error.message).toMatch(
      /^the server refused aupdate, as it has no commands for JSON \(.*\); connect to Redis 8 or later, to Redis Stack/,
    );
    expect(error.message).not.toContain('secret');
  });

  test.each(["ERR unknown command 'FOO', with args beginning with: ", 'ERR Unknown Redis command called from script'])(
    'is not one that refuses the command of somebody else: %s',
    (answer) => {
      const error = toRedatomError(new ErrorReply(answer), { args: ['EVAL'], key: 'k', write: true });

      expect(error.message).toBe(`the server refused EVAL: ${answer}`);
    },
  );
});

test('of a client that is closed it is said what to do', () => {
  const error = toRedatomError(new ClientClosedError(), REQUEST);

  expect(error).toMatchObject({ code: 'REDIS_CONNECTION' });
  expect(error.message).toMatch(/was not sent: The client is closed; call its connect\(\) before, and close it when all is done$/);
});
