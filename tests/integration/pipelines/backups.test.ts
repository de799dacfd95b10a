import { AtomicRedisModel, Field, Key, Model, RedisInt } from 'redatom';
import { openExecutor } from '../../../src/executor/open/open';
import { commit } from '../../../src/lua/catalog.generated';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createMember, Member } from '../../support/user';

@Model({ hashTag: 'club' })
class Named extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(RedisInt) count!: RedisInt;
}

let count = 0;

/** A key that no other test uses, in the slot of the members. */
function newKey(): string {
  count += 1;
  return `{club}backup-${count}`;
}

describeOnEveryBackend('what a commit backs up', (backend) => {
  useModels(backend, Member, Named);

  test('is told apart whatever the keys are called', async () => {
    const member = await createMember({ score: 1 });
    const keys = ['club', '{club}', '{club}victim'];
    for (const key of keys) await backend.send('SET', key, key);

    const append = (last: string): Promise<unknown> =>
      member.pipeline((same, commands) => {
        same.score.add(1);
        commands.append('club', '1').append('{club}', '1').append(last, '1').append('{club}', '2');
      });

    await append('{club}victim');
    const stored = ['club1', '{club}12', '{club}victim1'];
    expect(await backend.send('MGET', ...keys)).toEqual(stored);
    await expect(append(member.key)).rejects.toMatchObject({ reply: expect.stringMatching(/WRONGTYPE|Existing/) as string });
    expect(await backend.send('MGET', ...keys)).toEqual(stored);
    expect(await backend.json(member.key, '$.score')).toBe(2);
    await backend.send('DEL', ...keys);
  });

  test('is copied to keys that no document can have', async () => {
    const [one, other] = [await Named.create({ name: 'ada', count: 1 }), await Named.create({ name: 'ada:redatom-backup' })];

    const increase = (): Promise<unknown> =>
      one.pipeline(async (same) => {
        same.count.add(1);
        await same.count.adjust(1, { min: 0, max: 4 });
      });

    await increase();
    await expect(increase()).rejects.toMatchObject({ code: 'COMMIT_REFUSED' });
    expect(await backend.json(one.key)).toEqual({ name: 'ada', count: 3 });
    expect(await backend.json(other.key)).toEqual({ name: 'ada:redatom-backup', count: 0 });
    expect(await backend.send('KEYS', '*redatom-backup:*')).toEqual([]);
  });

  test('is every key of a command, known from its name or named by the caller', async () => {
    const [list, source] = [newKey(), newKey()];
    const changed = [newKey(), newKey(), newKey(), newKey(), newKey(), newKey()];
    const [bits, sorted, counted, union, streamed, own] = changed as [string, string, string, string, string, string];
    await backend.send('RPUSH', list, '2', '1');
    await backend.send('ZADD', source, '1', 'a');
    for (const key of changed) await backend.send('SET', key, 'old');
    const member = await createMember({});

    const refused = member.pipeline((_same, commands) => {
      commands.customCommand(['BITOP', 'NOT', bits, bits]);
      commands.customCommand(['SORT', list, 'LIMIT', '0', '1', 'STORE', sorted]);
      commands.customCommand(['ZUNIONSTORE', counted, '1', source]);
      commands.customCommand(['ZDIFFSTORE', union, '1', source]);
      commands.customCommand(['DEL', streamed]);
      commands.customCommand(['SETBIT', own, '7', '1'], { keys: [own] });
      commands.customCommand(['INCR', list]);
    });

    // The embedded server refuses some of these as commands that it does not have.
    await expect(refused).rejects.toMatchObject({ code: 'REDIS_SERVICE', reply: backend.name === 'embedded' ? 'ERR' : 'WRONGTYPE' });
    expect(await backend.send('MGET', ...changed)).toEqual(changed.map(() => 'old'));
  });

  test('is not known for an unknown command, unless its keys are named', async () => {
    const member = await createMember({ score: 1 });
    const unknown = ['NEW.COMMAND', newKey(), 'x'];

    await expect(member.pipeline((_same, commands) => commands.customCommand(unknown))).rejects.toMatchObject({
      code: 'PIPELINE_COMMAND',
      message:
        'NEW.COMMAND cannot be part of a pipeline: nobody knows which of its arguments are keys, unless { keys: [...] } names them; send it by itself',
    });
    const named = member.pipeline((_same, commands) => commands.customCommand(unknown, { keys: [unknown[1] as string] }));
    await expect(named).rejects.toMatchObject({ code: 'REDIS_SERVICE', message: expect.stringMatching(/unknown/i) as string });
    await expect(member.pipeline((_same, commands) => commands.customCommand(['SET', 'a', '1'], { keys: ['b'] }))).rejects.toMatchObject({
      code: 'COMMAND_ARGUMENT',
      message: expect.stringContaining('"b"') as string,
    });
  });

  test('is put back also when the script itself fails at a later step, and an unknown check is a refusal', async () => {
    const key = newKey();
    await backend.send('SET', key, 'old');
    const executor = await openExecutor(await backend.target());

    const keys = [key, `${key}:copy`];
    const args = ['1', 'raw', '1', '3', 'SET', key, 'changed', 'no.such', '1', '0'];
    const answer = await executor.evaluate({ script: commit, keys, args }, (reply) => reply);

    expect(answer).toEqual([0, 1, expect.stringContaining('attempt to call'), 1]);
    expect(await backend.send('MGET', key, `${key}:copy`)).toEqual(['old', null]);
    const unknown = await executor.evaluate({ script: commit, keys: [key], args: ['0', '?no.such', '1', '1', '$'] }, (reply) => reply);
    expect(unknown).toEqual([0, 0, 'no check is called ?no.such', 0]);
    await executor.close();
  });
});
