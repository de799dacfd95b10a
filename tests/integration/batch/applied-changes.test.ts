import { connect } from 'redatom';
import { Batch, BatchClient } from 'redatom/batch';
import { describeOnEveryBackend, testOnOneServer } from '../../support/backends';
import { TcpProxy } from '../../support/tcp-proxy';
import { createUser, User } from '../../support/user';
import { useDatabase } from '../../support/use-models';

describeOnEveryBackend('changes of models that a batch applied', (backend) => {
  const database = useDatabase(() => backend.target(), [User]);

  const run = (batch: Batch): Promise<unknown> => new BatchClient(database()).exec(batch, true);

  test.each([
    ['a verb is answered', (user: User) => user.score.increase(7)],
    ['the document is read', (user: User) => user.load()],
    ['the field is read', (user: User) => user.field('score').load()],
  ])('make the instance stale when %s after they were made, and they are not seen any more', async (_what, change) => {
    const user = await createUser();
    const batch = new Batch(false).add(user, (same) => same.score.add(1));
    await change(user);
    const before = user.score.value;

    await run(batch);

    expect(await backend.json(user.key, '$.score')).toBe(before + 1);
    expect(user.isStale).toBe(true);
  });

  test('make the instance stale when later ones were applied before them', async () => {
    const user = await createUser();
    const earlier = new Batch(true).add(user, (same) => (same.email = 'earlier'));
    const later = new Batch(true).add(user, (same) => (same.email = 'later'));

    await run(later);
    expect(user.isStale).toBe(false);
    await run(earlier);

    expect([user.email, await backend.json(user.key, '$.email')]).toEqual(['later', 'earlier']);
    expect(user.isStale).toBe(true);
  });

  const held = ['hold reply', 'hold request'] as const;
  testOnOneServer(backend, 'its proxy stands in front of one server')(
    'make it stale when nobody knows in which order they were applied',
    async () => {
      // Not atomic, so that each batch has a single answer, which arrives as a whole.
      for (const fault of held) {
        const user = await createUser();
        const earlier = new Batch(false).add(user, (same) => (same.email = 'earlier'));
        const later = new Batch(false).add(user, (same) => (same.email = 'later'));
        const proxy = await TcpProxy.start(backend.url);
        const slow = await connect(proxy.url, { name: 'slow' });

        try {
          const happened = proxy.onRequest('', fault);
          const slower = new BatchClient(slow).exec(fault === 'hold reply' ? later : earlier, true);
          await happened;
          await run(fault === 'hold reply' ? earlier : later);
          proxy.letAnswersGo();
          proxy.letRequestsGo();
          await slower;
          expect([user.email, await backend.json(user.key, '$.email')]).toEqual(['later', 'earlier']);
          expect(user.isStale).toBe(true);
        } finally {
          await slow.close();
          await proxy.close();
        }
      }
    },
  );

  test.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('at the same time over one connection leave nothing to doubt, atomic %s and %s', async (isFirst, isSecond) => {
    const user = await createUser();
    const first = new Batch(isFirst).add(user, (same) => same.tags.append('first'));
    const second = new Batch(isSecond).add(user, (same) => same.tags.append('second'));

    await Promise.all([run(first), run(second)]);

    expect([await backend.json(user.key, '$.tags'), user.isStale]).toEqual([['first', 'second'], false]);
  });

  test('one after the other, beside others that wait, leave nothing to doubt', async () => {
    const user = await createUser();
    const first = new Batch(true).add(user, (same) => same.score.add(1)).add(user, (same) => same.score.add(10));
    const second = new Batch(true).add(user, (same) => same.score.add(100));
    user.email = 'waits';

    await run(first);
    await run(second);
    await user.saveChanges();

    expect(user.isStale).toBe(false);
    expect(await backend.json(user.key)).toEqual(user.toJSON());
    expect([user.score.value, user.email]).toEqual([111, 'waits']);
  });
});
