import { setTimeout as sleep } from 'node:timers/promises';
import { AtomicRedisModel, Field, Key, Model, pipeline, PipelineClosedError, RedisInt, Version, type CommandPipe } from 'redatom';
import { openExecutor } from '../../../src/executor/open/open';
import { commit } from '../../../src/lua/catalog.generated';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createMember, Member } from '../../support/user';

@Model({ hashTag: 'club' })
class Treasury extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(RedisInt) cents!: RedisInt;
  @Version() version!: number;
}

let count = 0;

/** A key that no other test uses, in the slot of the members. */
function newKey(): string {
  count += 1;
  return `{club}raw-${count}`;
}

describeOnEveryBackend('raw commands in a pipeline', (backend) => {
  useModels(backend, Member, Treasury);

  test('run after the changes, in one script call, and answer in the order in which they were recorded', async () => {
    const [member, other, key] = [await createMember({ score: 1 }), await createMember(), newKey()];
    await member.pipeline((same, commands) => (same.score.add(0), commands.get(key)));

    const change = async (): Promise<void> => {
      const { committed, replies } = await pipeline([member, other], ([first, second], commands) => {
        commands.rPush(key, ['a', 'b']);
        first.score.add(2);
        second.tags.append('x');
        commands.lRange(key, 0, -1).json.get(first.key, { path: '$.score' });
        second.tags.append('y');
        commands.customCommand(['OBJECT', 'ENCODING', key]);
      });
      expect({ committed, replies }).toEqual({ committed: true, replies: [2, 3, 2, ['a', 'b'], [3], 2, expect.any(String)] });
    };

    expect(await backend.roundTrips(change)).toEqual(['EVALSHA']);
    expect(await backend.json(other.key, '$.tags')).toEqual(['x', 'y']);
    expect(member.score.value).toBe(3);
  });

  test('answer as they do on a client of node-redis, also with nothing', async () => {
    const [member, keys] = [await createMember(), [newKey(), newKey(), newKey()] as const];

    const { replies } = await member.pipeline((_, commands) =>
      commands
        .set(keys[0], 'v', { GET: true })
        .get(newKey())
        .hSet(keys[1], { a: '1', b: '2' })
        .hGetAll(keys[1])
        .lRange(newKey(), 0, -1)
        .zAdd(keys[2], { score: 1.5, value: 'm' })
        .zRangeWithScores(keys[2], 0, -1)
        .sIsMember(newKey(), 'm')
        .ping(),
    );

    expect(replies).toEqual([null, null, 2, { a: '1', b: '2' }, [], 1, [{ score: 1.5, value: 'm' }], 0, 'PONG']);
  });

  test('need no change beside them, and take bytes', async () => {
    const [member, key, bytes] = [await createMember(), newKey(), Buffer.from([0, 255, 128, 10])];

    await member.pipeline((_, commands) => commands.set(key, bytes).append(key, bytes));

    expect(await backend.send('STRLEN', key)).toBe(8);
    expect(await backend.send('EVAL', "return redis.call('GET', KEYS[1]) == ARGV[1] .. ARGV[1] and 1", '1', key, bytes as never)).toBe(1);
    const refused = member.pipeline((_, commands) => commands.get(bytes));
    await expect(refused).rejects.toMatchObject({ code: 'PIPELINE_COMMAND', command: 'GET' });
  });

  describe('take everything back when one is refused', () => {
    const fillings: Readonly<Record<string, (key: string, commands: CommandPipe) => unknown>> = {
      'a text': (key, commands) => commands.set(key, 'changed'),
      'a list': (key, commands) => commands.rPush(key, 'changed'),
      'a hash': (key, commands) => commands.hSet(key, 'changed', '1'),
      'a set': (key, commands) => commands.sAdd(key, 'changed'),
      'a sorted set': (key, commands) => commands.zAdd(key, { score: 1, value: 'changed' }),
      'a document': (key, commands) => commands.json.set(key, '$', { changed: [] }),
    };
    const previous: Readonly<Record<string, readonly string[]>> = {
      'a text': ['SET', 'old'],
      'a list': ['RPUSH', 'old'],
      'a hash': ['HSET', 'old', '1'],
      'a set': ['SADD', 'old'],
      'a sorted set': ['ZADD', '1', 'old'],
      'a document': ['JSON.SET', '$', '{"old":[]}'],
    };
    const readers: Readonly<Record<string, readonly [string, ...string[]]>> = {
      string: ['GET'],
      list: ['LRANGE', '0', '-1'],
      hash: ['HGETALL'],
      set: ['SMEMBERS'],
      zset: ['ZRANGE', '0', '-1'],
      'ReJSON-RL': ['JSON.GET'],
    };
    const stored = async (key: string): Promise<unknown> => {
      const type = await backend.send<string>('TYPE', key);
      const [name, ...rest] = readers[type] ?? [];
      return name === undefined ? type : backend.send(name, key, ...rest);
    };

    test.each(Object.keys(fillings))('%s, there before or not, the documents and the local values', async (kind) => {
      const [member, wrong, existing, absent] = [await createMember({ score: 1 }), newKey(), newKey(), newKey()];
      const [name = '', ...rest] = previous[kind] as readonly string[];
      await backend.send('SET', wrong, 'text');
      await backend.send(name, existing, ...rest);
      await backend.send('PEXPIRE', existing, '100000');
      const before = await stored(existing);

      const refused = member.pipeline((same, commands) => {
        fillings[kind]?.(existing, commands);
        fillings[kind]?.(absent, commands);
        commands.del(member.key);
        same.score.add(5);
        commands.incr(wrong);
        commands.set(absent, 'later');
      });

      await expect(refused).rejects.toMatchObject({ code: 'REDIS_SERVICE', reply: 'ERR', command: 'INCR', key: wrong, index: 4 });
      await expect(refused).rejects.toThrow(/the server refused INCR, so nothing was applied: ERR value is not an integer/);
      expect(await stored(existing)).toEqual(before);
      expect(await backend.send<number>('PTTL', existing)).toBeGreaterThan(0);
      expect(await stored(absent)).toBe('none');
      expect(await backend.json(member.key, '$.score')).toBe(1);
      expect(member.score.value).toBe(1);
      expect(await backend.send('KEYS', '*redatom-backup*')).toEqual([]);
    });

    test('of one command alone, which changed nothing itself', async () => {
      const [member, wrong] = [await createMember(), newKey()];
      await backend.send('SET', wrong, 'text');

      const refused = member.pipeline((same, commands) => {
        same.email = 'lost';
        same.tags.append('lost');
        commands.rPush(wrong, 'x');
      });

      await expect(refused).rejects.toMatchObject({ code: 'REDIS_SERVICE', reply: 'WRONGTYPE', index: 2 });
      expect(await backend.json(member.key)).toMatchObject({ email: '', tags: [] });
      expect([member.email, [...member.tags]]).toEqual(['', []]);
    });

    test('also when one of the copies that this takes cannot be made', async () => {
      const [one, other] = [newKey(), newKey()];
      for (const key of [one, other]) await backend.send('SET', key, key);
      const executor = await openExecutor(await backend.target());

      // The second copy would be of a key onto itself, which Redis refuses.
      const keys = [one, other, `${one}:copy`, other];
      const args = ['2', 'raw', '1', '3', 'SET', one, 'changed'];
      const answer = await executor.evaluate({ script: commit, keys, args }, (reply) => reply);

      expect(answer).toEqual([0, 0, expect.stringContaining('source and destination objects are the same'), 1]);
      expect(await backend.send('MGET', one, other)).toEqual([one, other]);
      await executor.close();
    });

    test('of a command that the server does not know', async () => {
      const member = await createMember();
      const key = newKey();
      const refused = member.pipeline((same, commands) => {
        same.score.add(1);
        commands.customCommand(['NOSUCH', key], { keys: [key] });
      });
      await expect(refused).rejects.toMatchObject({ code: 'REDIS_SERVICE', command: 'NOSUCH', index: 1 });
      expect(await backend.json(member.key, '$.score')).toBe(0);
    });

    test('a dictionary of suggestions, which is a key', async () => {
      const [member, dictionary, wrong] = [await createMember(), newKey(), newKey()];
      await backend.send('SET', wrong, 'text');

      const refused = member.pipeline((_, commands) => commands.customCommand(['FT.SUGADD', dictionary, 'hello', '1']).incr(wrong));

      await expect(refused).rejects.toThrow(/so nothing was applied/);
      expect(await backend.send('EXISTS', dictionary)).toBe(0);
    });

    test('messages too: they go out when all else is done', async () => {
      const [member, wrong] = [await createMember(), newKey()];
      await backend.send('SET', wrong, 'text');
      const subscriber = (await backend.raw()).duplicate();
      await subscriber.connect();
      const heard: string[] = [];
      await subscriber.subscribe('{club}news', (message) => heard.push(message));

      const tell = (key: string, message: string): Promise<unknown> =>
        member.pipeline((_, commands) => commands.publish('{club}news', message).incr(key));
      await expect(tell(wrong, 'never')).rejects.toMatchObject({ code: 'REDIS_SERVICE' });
      await expect(tell(newKey(), 'done')).resolves.toMatchObject({ replies: [expect.any(Number), 1] });
      while (heard.length === 0) await sleep(5);

      expect(heard).toEqual(['done']);
      subscriber.destroy();
    });
  });

  test('of as many arguments as a script can hand over run, and longer ones are refused before anything is sent', async () => {
    const [member, key] = [await createMember({ tags: ['a'] }), newKey()];
    const members = Array.from({ length: 7_000 }, (_, at) => `m${at}`);

    await member.pipeline((same, commands) => (same.score.add(1), commands.sAdd(key, members.slice(2)).append(newKey(), 'x')));
    expect(await backend.send('SCARD', key)).toBe(6_998);

    const sent = await backend.commandsSent(async () => {
      const refused = member.pipeline((same, commands) => {
        same.score.add(1);
        same.tags.clear();
        commands.set(newKey(), 'written').sAdd(key, members.slice(1));
      });
      await expect(refused).rejects.toMatchObject({ code: 'PIPELINE_COMMAND', command: 'SADD' });
      await expect(refused).rejects.toThrow('it has 7001 words, and a script can hand over 7000; split it');
    });
    expect(sent).toEqual([]);
    expect([member.score.value, [...member.tags]]).toEqual([1, ['a']]);
  });

  test('run only when the changes beside them are accepted', async () => {
    const [treasury, key] = [await Treasury.create({ name: `t${(count += 1)}` }), newKey()];
    const pay = (one: Treasury, options = {}): Promise<{ committed: boolean }> =>
      one.pipeline((same, commands) => {
        commands.incr(key);
        same.cents.add(1);
      }, options);

    const older = await Treasury.get(treasury.key);
    await pay(treasury);
    await expect(pay(older)).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    await backend.overwrite(treasury.key, '$["cents"]', 'text');
    await expect(pay(treasury)).rejects.toMatchObject({ code: 'PATH_MISMATCH', index: 1 });
    await treasury.delete();
    await expect(pay(treasury)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(pay(treasury, { ignoreIfDeleted: true })).resolves.toEqual({ committed: false, replies: [] });

    expect(await backend.send('GET', key)).toBe('1');
  });

  test('run only while the lock is held', async () => {
    const [member, key] = [await createMember(), newKey()];

    const lost = member.withLock('work', async (same) => {
      await same.pipeline((_, commands) => commands.incr(key));
      await backend.send('SET', `${member.key}/work:lock`, 'someone');
      await same.pipeline((_, commands) => commands.incr(key));
    });

    await expect(lost).rejects.toMatchObject({ code: 'LOCK_LOST' });
    expect(await backend.send('GET', key)).toBe('1');
  });

  test('of a nested pipeline join the outer one', async () => {
    const [member, key] = [await createMember(), newKey()];

    const { replies } = await member.pipeline(async (same, commands) => {
      same.score.add(1);
      commands.rPush(key, 'outer');
      const inner = await same.pipeline((again, nested) => {
        nested.rPush(key, 'inner');
        again.tags.append('x');
        nested.lLen(key);
      });
      expect(inner).toEqual({ committed: false, replies: [] });
      commands.rPush(key, 'last');
    });

    expect(replies).toEqual([1, 1, 2, 1, 2, 3]);
    expect(await backend.send('LRANGE', key, '0', '-1')).toEqual(['outer', 'inner', 'last']);
  });

  test('are not sent when the callback throws, and cannot be recorded when it has ended', async () => {
    const [member, key] = [await createMember(), newKey()];
    let kept: CommandPipe | undefined;

    const sent = await backend.commandsSent(async () => {
      const thrown = member.pipeline((_, commands) => {
        kept = commands.incr(key);
        throw new Error('no');
      });
      await expect(thrown).rejects.toThrow('no');
    });

    expect(sent).toEqual([]);
    expect(() => kept?.incr(key)).toThrow(PipelineClosedError);
  });

  test('in another slot of a cluster are refused before anything is sent', async () => {
    const member = await createMember();
    const work = (): Promise<unknown> =>
      member.pipeline((same, commands) => {
        same.score.add(1);
        commands.incr('elsewhere');
      });
    if (!backend.isCluster) return void (await expect(work()).resolves.toMatchObject({ replies: [1, 1] }));

    const sent = await backend.commandsSent(async () => {
      await expect(work()).rejects.toMatchObject({ code: 'CROSS_SLOT', keys: [member.key, 'elsewhere'] });
      const message = member.pipeline((same, commands) => (same.score.add(1), commands.sPublish('elsewhere', 'x')));
      await expect(message).rejects.toMatchObject({ code: 'CROSS_SLOT' });
    });
    expect(sent).toEqual([]);
    expect(member.score.value).toBe(0);
  });
});
