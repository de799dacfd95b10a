import { colocatedKey } from '../../../src/path/redis-key';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createMember, Member } from '../../support/user';

describeOnEveryBackend('the keys of a commit', (backend) => {
  useModels(backend, Member);

  /** The keys of the scripts sent while `action` runs. The names of backups cannot be known, so a word stands for them. */
  async function keysDuring(action: () => Promise<unknown>): Promise<string[][]> {
    const traffic = await backend.trafficOf(action);
    return traffic
      .filter(({ name }) => name.startsWith('EVAL'))
      .map(({ args }) => {
        const [, count, ...rest] = [...args.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text);
        return rest.slice(0, Number(count)).map((key) => (key.includes(':redatom-backup:') ? 'a backup' : key));
      });
  }

  test('are those of its documents, once each, with a backup only where a check stands behind a write', async () => {
    const member = await createMember({});

    const keys = await keysDuring(async () => {
      await member.pipeline(() => (member.score.add(1), member.tags.append('a'), (member.email = 'x')));
      await member.pipeline(() => (member.score.multiply(2), member.score.add(1)));
    });

    expect(keys).toEqual([[member.key], [member.key, 'a backup']]);
  });

  test('include all keys that a command names, and a backup of each that it may change, once each', async () => {
    const member = await createMember({});
    const [a, b] = ['{club}named-a', '{club}named-b'];

    const keys = await keysDuring(() =>
      member.pipeline(({ score }, commands) => {
        score.add(1);
        commands.customCommand(['MSET', a, '1', b, '2']).customCommand(['PERSIST', member.key]).customCommand(['GET', a]);
      }),
    );

    expect(keys).toEqual([[member.key, a, b, 'a backup', 'a backup', 'a backup']]);
    await backend.send('DEL', a, b);
  });

  test('include those of a lock that is freed in the same step: its own and that of its waiters', async () => {
    const member = await createMember({});

    const [, keys] = await keysDuring(() => member.withLock('work', ({ score }) => score.add(1), { saveAtEnd: true }));

    const lockKey = colocatedKey(member.key, '/work:lock');
    expect(keys).toEqual([member.key, lockKey, `${lockKey}:waiting`]);
  });
});
