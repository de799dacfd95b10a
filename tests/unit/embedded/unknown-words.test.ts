import { WireConnection } from '../../conformance/support/wire';
import { startEmbeddedRedis } from '../../../src/testing';

const requests: readonly (readonly [line: string, answer: string])[] = [
  ['JSON.SET k $ 1 FOO', "ERR syntax error, unexpected 'FOO' in JSON.SET"],
  ['JSON.SET k $ 1 NX XX', "ERR syntax error, unexpected 'XX' in JSON.SET"],
  ['JSON.SET k $ 1 FORMAT FOO', "ERR wrong format, unexpected 'FOO' in JSON.SET"],
  ['JSON.SET k $ 1 FORMAT BSON', 'ERR FORMAT BSON is not supported by the embedded server'],
  ['json.set k $ 1 é', "ERR syntax error, unexpected 'é' in JSON.SET"],
  ['JSON.MERGE k $ 1 FOO', "ERR syntax error, unexpected 'FOO' in JSON.MERGE"],
  ['JSON.GET k $ FORMAT FOO', "ERR wrong reply format, unexpected 'FOO' in JSON.GET"],
  ['JSON.DEBUG FOO', "ERR unknown subcommand - try `JSON.DEBUG HELP`, unexpected 'FOO' in JSON.DEBUG"],
  ['SET k v FOO', "ERR syntax error, unexpected 'FOO' in SET"],
  ['GETEX k FOO', "ERR syntax error, unexpected 'FOO' in GETEX"],
  ['COPY a b FOO', "ERR syntax error, unexpected 'FOO' in COPY"],
  ['SCAN 0 FOO', "ERR syntax error, unexpected 'FOO' in SCAN"],
  ['SCAN 0 MATCH', 'ERR syntax error, unexpected end of SCAN'],
  ['EXPIRE k 1 FOO', 'ERR Unsupported option FOO'],
  ['LINSERT k FOO a b', "ERR syntax error, unexpected 'FOO' in LINSERT"],
  ['LMOVE a b LEFT FOO', "ERR syntax error, unexpected 'FOO' in LMOVE"],
  ['ZADD k NX', 'ERR wrong number of arguments for'],
  ['ZADD k NX CH', 'ERR syntax error, unexpected end of ZADD'],
  ['ZRANGE k 0 1 FOO', "ERR syntax error, unexpected 'FOO' in ZRANGE"],
  ['ZREVRANGE k 0 1 REV', "ERR syntax error, unexpected 'REV' in ZREVRANGE"],
  ['ZRANK k a FOO', "ERR syntax error, unexpected 'FOO' in ZRANK"],
  ['FLUSHALL FOO', "ERR syntax error, unexpected 'FOO' in FLUSHALL"],
  ['SCRIPT FLUSH FOO', "ERR SCRIPT FLUSH only support SYNC|ASYNC option, unexpected 'FOO' in SCRIPT"],
  ['AUTH a b c', "ERR syntax error, unexpected 'c' in AUTH"],
  ['HELLO 3 FOO', "ERR Syntax error in HELLO option 'FOO'"],
  ['CLIENT FOO', "ERR unknown subcommand 'FOO'. Try CLIENT HELP."],
  ['CLIENT KILL FOO x', "ERR syntax error, unexpected 'FOO' in CLIENT"],
  ['CLIENT REPLY FOO', "ERR syntax error, unexpected 'FOO' in CLIENT"],
  ['CLIENT LIST FOO', "ERR syntax error, unexpected 'FOO' in CLIENT"],
  ['OBJECT FOO k', "ERR unknown subcommand 'FOO'. Try OBJECT HELP."],
  ['FOO a', "ERR unknown command 'FOO', with args beginning with: 'a'"],
];

const named = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');

describe('the embedded server names', () => {
  test.each(requests)('what it does not understand in %s', async (line, answer) => {
    await using redis = await startEmbeddedRedis();
    const connection = await WireConnection.open(redis.port);

    const request = line.split(' ').map((word) => Buffer.from(word).toString('latin1'));
    const [reply] = await connection.exchange([request]);

    expect(reply?.type).toBe('-');
    expect(named((reply as { text: string }).text)).toContain(answer);
    connection.close();
  });

  test.each([
    ["redis.call('FOO')", "ERR Unknown Redis command called from script, unexpected 'FOO' in redis.call script: "],
    ["redis.call('CLIENT', 'FOO')", "ERR Unknown Redis command called from script, unexpected 'FOO' in CLIENT script: "],
    ["redis.call('SET', 'k', 'v', 'FOO')", "ERR syntax error, unexpected 'FOO' in SET script: "],
  ])('what a script asks for in vain: %s', async (script, answer) => {
    await using redis = await startEmbeddedRedis();
    const connection = await WireConnection.open(redis.port);

    const [reply] = await connection.exchange([['EVAL', script, '0']]);

    expect((reply as { text: string }).text).toContain(answer);
    connection.close();
  });
});
