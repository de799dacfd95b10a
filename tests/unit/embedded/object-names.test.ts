import { startEmbeddedRedis, type EmbeddedRedis } from '../../../src/testing';
import { showReply, WireConnection } from '../../conformance/support/wire';

/** Names that every JavaScript object has; to a server they are names like any other. */
const NAMES = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__', '__defineGetter__'];

describe.each(NAMES)('the name %s', (name) => {
  let redis: EmbeddedRedis;
  let connection: WireConnection;

  beforeAll(async () => {
    redis = await startEmbeddedRedis();
    connection = await WireConnection.open(redis.port);
  });
  afterAll(async () => {
    connection.close();
    await redis.close();
  });

  const answersOf = async (...requests: string[][]): Promise<string[]> => (await connection.exchange(requests)).map(showReply);

  test.each([
    [['CONFIG', 'SET', name, '1'], /^-"ERR Unknown option/],
    [['CONFIG', 'GET', name], /^\*\[\]$/],
    [[name], /^-"ERR unknown command/],
    [['CLIENT', name], /^-"ERR unknown subcommand/],
    [['CONFIG', name], /^-"ERR unknown subcommand/],
    [['INFO', name], /^\$""$/],
    [['SET', 'k', 'v', name, '1'], /^-"ERR syntax error/],
    [['GETEX', 'k', name, '1'], /^-"ERR syntax error/],
    [['COMMAND', 'INFO', name], /^\*\[\$-1\]$/],
    [['SCRIPT', 'EXISTS', name], /^\*\[:"0"\]$/],
    [['EVAL', `return tostring(({}).${name}) .. tostring(cjson.decode('{}').${name})`, '0'], /^\$"nilnil"$/],
    [['EVAL', `return cjson.decode('{"${name}":7}').${name}`, '0'], /^:"7"$/],
    [['EVAL', `return redis.call('${name}')`, '0'], /^-"ERR Unknown Redis command/],
    [['EVAL', `return ${name}`, '0'], /^-"ERR user_script:1: Script attempted to access nonexistent global variable/],
    [['EVAL', `return string.${name}`, '0'], /^\$-1$/],
  ])('is nothing that was there before: %j', async (request, expected) => {
    expect((await answersOf(request))[0]).toMatch(expected);
  });

  test.each<[string[][], string]>([
    [
      [
        ['SET', name, 'v'],
        ['GET', name],
      ],
      '$"v"',
    ],
    [
      [
        ['DEL', name],
        ['HSET', name, name, 'v'],
        ['HGET', name, name],
      ],
      '$"v"',
    ],
    [
      [
        ['DEL', name],
        ['SADD', name, name],
        ['SISMEMBER', name, name],
      ],
      ':"1"',
    ],
    [
      [
        ['DEL', name],
        ['ZADD', name, '1', name],
        ['ZSCORE', name, name],
      ],
      '$"1"',
    ],
    [
      [
        ['DEL', name],
        ['JSON.SET', name, '$', `{"${name}":{"${name}":1}}`],
        ['JSON.GET', name, `$.${name}.${name}`],
      ],
      '$"[1]"',
    ],
    [
      [
        ['JSON.SET', name, '$', '{}'],
        ['JSON.MERGE', name, '$', `{"${name}":1}`],
        ['JSON.GET', name],
      ],
      `$${JSON.stringify(`{"${name}":1}`)}`,
    ],
    [
      [
        ['JSON.SET', name, '$', '{}'],
        ['JSON.GET', name, `$.${name}`],
      ],
      '$"[]"',
    ],
    [
      [
        ['CLIENT', 'SETNAME', name],
        ['CLIENT', 'GETNAME'],
      ],
      `$"${name}"`,
    ],
    [[['WATCH', name], ['MULTI'], ['PUBLISH', name, name], ['EXEC']], '*[:"0"]'],
    [[['PUBSUB', 'NUMSUB', name]], `*[$"${name}" :"0"]`],
  ])('names what is put there: %j', async (requests, expected) => {
    const answers = await answersOf(['FLUSHALL'], ...requests);

    expect(answers[answers.length - 1]).toBe(expected);
  });
});
