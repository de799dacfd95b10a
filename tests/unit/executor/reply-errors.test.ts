import { ClientClosedError, ErrorReply } from 'redis';
import { addToNumber } from '../../../src/command/operations/numbers';
import type { RedatomError } from '../../../src/errors/base';
import { failureOf } from '../../../src/executor/batch/outcomes';
import { rawCommand } from '../../../src/executor/commands/raw-command';
import { toRedatomError } from '../../../src/executor/outcomes/reply-errors';
import { JsonPath } from '../../../src/path/json-path';

const REQUEST = { args: ['EVALSHA'], key: 'User:ada', write: true, model: 'User', purpose: { verb: 'aupdate' } };

/** What Redis 6.2 writes before the error that has ended a script. */
const IN_REDIS_6 = 'ERR Error running script (call to f_ca9fa84fdc578c36d0f4565db7a9a3f2dda67633): @user_script:1: ';

describe('the failure of a command of a batch', () => {
  test.each([
    [['PING'], undefined],
    [['GET', 'ada'], 'ada'],
  ])('of %j is about the key %j', (args, key) => {
    const error = failureOf(new ErrorReply('ERR no'), rawCommand(args));

    expect([error.code, error.command, error.key]).toEqual(['REDIS_SERVICE', args[0], key]);
  });
});

describe('a server without RedisJSON', () => {
  test.each([
    "ERR unknown command 'JSON.SET', with args beginning with: 'User:ada' '$' 'secret' ",
    "ERR unknown command 'JSON.GET', with args beginning with: 'User:one that does not exist' ",
    'ERR unknown command `JSON.GET`, with args beginning with: `User:ada`, ',
    'ERR Unknown Redis command called from script script: 1f, on @user_script:3.',
    'ERR Unknown command called from script script: on @user_script:10.',
    `${IN_REDIS_6}@user_script: 1: Unknown Redis command called from Lua script`,
  ])('is named as one: %s', (answer) => {
    const error = toRedatomError(new ErrorReply(answer), REQUEST);

    expect(error).toMatchObject({ code: 'REDIS_SERVICE', reply: 'ERR', command: 'aupdate', model: 'User', key: 'User:ada' });
    expect(error.message).toMatch(
      /^the server refused aupdate because it has no JSON commands \(.*\); connect to Redis 8 or later, to Redis Stack/,
    );
    expect(error.message).not.toContain('secret');
  });

  test.each(["ERR unknown command 'FOO', with args beginning with: ", 'ERR Unknown Redis command called from script'])(
    'is not assumed when another command is refused: %s',
    (answer) => {
      const error = toRedatomError(new ErrorReply(answer), { args: ['EVAL'], key: 'k', write: true });

      expect(error.message).toBe(`the server refused EVAL: ${answer}`);
    },
  );
});

describe('a sum that does not fit into 64 bits', () => {
  const refusal = (by: number, answer: string): RedatomError => {
    const purpose = addToNumber({ path: JsonPath.root.member('visits'), whole: true, local: 0 }, { verb: 'increase', by });
    return toRedatomError(new ErrorReply(answer), { args: ['JSON.NUMINCRBY'], key: 'User:ada', write: true, model: 'User', purpose });
  };

  test.each([
    [1, 'above-max'],
    [-1, 'below-min'],
  ])('where %d was added, and RedisJSON 8.8 refuses it, is %s', (by, reason) => {
    expect(refusal(by, 'ERR numeric overflow')).toMatchObject({
      code: 'COMMIT_REFUSED',
      reason,
      command: 'increase',
      model: 'User',
      key: 'User:ada',
      path: '$["visits"]',
    });
  });

  test('is no other refusal', () => {
    expect(refusal(1, 'ERR numeric overflow of somebody else').code).toBe('REDIS_SERVICE');
    expect(refusal(1, "ERR could not perform this operation on a key that doesn't exist").code).toBe('KEY_NOT_FOUND');
  });
});

describe('an answer of RedisJSON is known', () => {
  const AT_A_LINE = ['', ' script: ed2cb47955d41484c071fe7e05da1903e44c8bd4, on @user_script:1.', ' script: on @user_script:1.'];

  // As Redis Stack 7.4, Redis 8 and Valkey write them.
  test.each([
    ["ERR could not perform this operation on a key that doesn't exist", 'KEY_NOT_FOUND'],
    ['ERR new objects must be created at the root', 'KEY_NOT_FOUND'],
    ['Existing key has wrong Redis type', 'PATH_MISMATCH'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'PATH_MISMATCH'],
    ['ERR index out of bounds', 'COMMIT_REFUSED'],
    ['ERR array index out of range', 'COMMIT_REFUSED'],
  ])('by its whole text, also from a script: %s', (answer, code) => {
    for (const place of AT_A_LINE) expect(toRedatomError(new ErrorReply(answer + place), REQUEST)).toMatchObject({ code });
    expect(toRedatomError(new ErrorReply(IN_REDIS_6 + answer), REQUEST)).toMatchObject({ code });
  });

  test.each([
    "ERR Path '$.tags' does not exist or not an array",
    'ERR Path does not exist',
    "ERR Path '$.doesn't exist' does not exist",
    'WRONGTYPE wrong type of path value - expected array but found integer',
    'NOPERM User wrong Redis type has no permissions',
    'ERR value is not an integer or index out of range',
  ])('and not by words in another text: %s', (answer) => {
    const error = toRedatomError(new ErrorReply(answer), { ...REQUEST, purpose: { verb: 'aappend', path: JsonPath.root.member('tags') } });

    expect(error).toMatchObject({ code: 'REDIS_SERVICE', reply: answer.split(' ', 1)[0], path: '$["tags"]' });
  });
});

test('the reply word is that of the error that ended a script', () => {
  const error = toRedatomError(new ErrorReply(`${IN_REDIS_6}OOM command not allowed when used memory > 'maxmemory'.`), REQUEST);

  expect(error).toMatchObject({ code: 'REDIS_SERVICE', reply: 'OOM' });
});

test('the error of a closed client says what to do', () => {
  const error = toRedatomError(new ClientClosedError(), REQUEST);

  expect(error).toMatchObject({ code: 'REDIS_CONNECTION' });
  expect(error.message).toMatch(/was not sent: The client is closed; call its connect\(\) before, and close it when all is done$/);
});

describe('a connection that could not be made', () => {
  const failed = (syscall: string): Error => Object.assign(new Error(`${syscall} ECONNREFUSED`), { syscall });

  test.each([
    ['of the one address', failed('connect')],
    ['as the name is unknown', failed('getaddrinfo')],
    ['of several addresses', new AggregateError([failed('connect'), failed('connect')])],
  ])('leaves no write in doubt: %s', (_, error) => {
    expect(toRedatomError(error, REQUEST)).toMatchObject({ code: 'REDIS_CONNECTION' });
  });

  test.each([
    ['one that broke', failed('read')],
    ['one of several steps that got further', new AggregateError([failed('connect'), failed('read')])],
  ])('is not %s', (_, error) => {
    expect(toRedatomError(error, REQUEST)).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });
});
