import { pipeline } from 'redatom';
import { Batch, BatchClient } from 'redatom/batch';
import { describeOnEveryBackend } from '../../support/backends';
import { createUser, User } from '../../support/user';
import { useDatabase } from '../../support/use-models';
import type { CallOptions } from 'redatom';

const WRONG: [CallOptions, string][] = [
  ...['abc', -1, NaN, 0, null].map((timeoutMs): [CallOptions, string] => [
    { timeoutMs: timeoutMs as number },
    'timeoutMs must be a positive number of milliseconds, found',
  ]),
  ...['x', {}, null].map((signal): [CallOptions, string] => [{ signal: signal as AbortSignal }, 'signal must be an AbortSignal, found']),
];

describeOnEveryBackend('options of a call', (backend) => {
  const database = useDatabase(() => backend.target(), [User]);

  test.each(WRONG)('%p are refused before anything is sent', async (options, message) => {
    const user = await createUser();
    const calls = [
      () => user.score.increase(1, options),
      () => user.tags.aappend('x', options),
      () => user.score.adjust(1, { max: 3, ...options }),
      () => user.load(options),
      () => user.save(options),
      () => user.delete(options),
      () => User.get(user.key, options),
      () => User.getMany([user.key], options),
      () => User.afindKeys(options),
      () => user.pipeline(() => user.score.add(1), options),
      () => pipeline([user], () => user.score.add(1), options),
      () => new BatchClient(database()).exec(new Batch(true).incr('n'), true, options),
      () => new BatchClient(database()).exec(new Batch(false).incr('n'), true, options),
    ];

    const sent = await backend.commandsSent(async () => {
      for (const call of calls) await expect(call()).rejects.toThrow(message);
    });

    expect(sent).toEqual([]);
    expect([user.isStale, user.score.value, [...user.tags]]).toEqual([false, 0, []]);
    // save() waits for everything that is under way.
    await user.save({ timeoutMs: 30_000 });
  });

  test.each([...WRONG, [{ nonsense: 1 } as CallOptions, 'knows no option "nonsense"'] as const])(
    '%p are refused in a pipeline as well',
    async (options, message) => {
      const user = await createUser();
      const calls = [
        () => user.score.increase(1, options),
        () => user.tags.aappend('x', options),
        () => user.settings.asetItem('a', 'b', options),
        () => user.aupdate({ email: 'x' }, options),
        () => user.tags.save(options),
        () => user.save(options),
        () => user.saveChanges(options),
        () => user.delete(options),
        () => user.expire(10, options),
        () => user.pipeline(() => user.score.add(1), options),
      ];

      const sent = await backend.commandsSent(() =>
        user.pipeline(async () => {
          for (const call of calls) await expect((async () => call())()).rejects.toThrow(message);
        }),
      );

      expect(sent).toEqual([]);
      expect([user.isStale, user.score.value, user.email, [...user.tags], user.settings.size]).toEqual([false, 0, '', [], 0]);
    },
  );

  test('ignoreIfDeleted of a pipeline inside another one is refused: the outer one commits', async () => {
    const user = await createUser();
    const inner = (ignoreIfDeleted: boolean) => user.pipeline(() => user.pipeline(() => user.score.add(1), { ignoreIfDeleted }));

    await expect(inner(true)).rejects.toThrow(TypeError);
    await expect(inner(true)).rejects.toThrow('belongs to the outer pipeline');
    await inner(false);

    expect(user.score.value).toBe(1);
  });

  test.each<CallOptions>([
    {},
    { timeoutMs: Infinity },
    { timeoutMs: undefined, signal: undefined },
    { signal: AbortSignal.timeout(60_000) },
  ])('%p are fine', async (options) => {
    const user = await createUser();

    await expect(user.score.increase(1, options)).resolves.toBe(1);
  });
});
