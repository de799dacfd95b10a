import type { DocumentAt } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { cases, Counted, createUnread, Lasting, rows, values, Whole } from '../../support/verbs/unread';

describeOnEveryBackend('verbs of documents that are not read', (backend) => {
  useModels(backend, Whole, Lasting, Counted);

  describe.each(cases)('$verb $place', ({ run, of, path, stored, reply, needsReply }) => {
    test('changes what is stored, and answers what Redis holds', async () => {
      const at = await createUnread();

      expect(await run(of(at))).toEqual(reply);

      expect(await backend.json(at.key, path)).toEqual({ ...(await others(at, path)), ...values, ...stored });
    });

    test('is one request, in which the time to live starts anew', async () => {
      const at = await createUnread(Lasting);
      await run(of(await createUnread(Lasting)));
      await backend.send('PEXPIRE', at.key, '5000');

      const sent = await backend.roundTrips(() => run(of(at)));

      expect(sent).toEqual(['EVALSHA']);
      expect(await backend.send<number>('PTTL', at.key)).toBeGreaterThan(900_000);
    });

    test('counts the version on, whatever it is', async () => {
      const at = await createUnread(Counted);
      await backend.overwrite(at.key, '$["version"]', 41);

      await run(of(at));

      expect(await backend.json(at.key, '$["version"]')).toBe(42);
    });

    test('is refused under a lock that is lost', async () => {
      const at = await createUnread();
      const before = await backend.json(at.key);

      const work = Whole.withLockFromKey(at.key, 'verbs', async () => {
        await backend.send('SET', `{${at.key}}/verbs:lock`, 'another holder');
        await run(of(at));
      });

      await expect(work).rejects.toMatchObject({ code: 'LOCK_LOST', key: at.key });
      expect(await backend.json(at.key)).toEqual(before);
    });

    test('says that the document is gone', async () => {
      const at = await createUnread();
      await backend.send('DEL', at.key);

      await expect(run(of(at))).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: at.key });

      expect(await backend.json(at.key)).toBeUndefined();
    });

    if (needsReply !== true)
      test('is part of a pipeline, in which it has no answer', async () => {
        const at = await createUnread();

        const { committed } = await at.pipeline(async (queued) => {
          expect(await run(of(queued as unknown as DocumentAt<Whole>))).toBeUndefined();
          expect(await backend.json(at.key, path)).toMatchObject(values);
        });

        expect(committed).toBe(true);
        expect(await backend.json(at.key, path)).toMatchObject({ ...values, ...stored });
      });
  });

  /** The fields that only whole documents have. */
  async function others({ key }: { key: string }, path: string): Promise<object> {
    return path === '$' ? { id: key.split(':')[1], part: values, maybe: await backend.json(key, '$["maybe"]') } : {};
  }

  test.each(rows)('$verb works on what an older document lacks', async ({ verb, run }) => {
    await backend.send('JSON.SET', 'Whole:old', '$', JSON.stringify({ age: 1, title: 't', part: { age: 1, title: 't' } }));
    const at = Whole.at('old');

    const [alone, inside] = await Promise.all([at, at.part].map((place) => run(place).catch((error: unknown) => codeOf(error))));

    expect(alone).toEqual(inside);
    const lacking = { aset: 'COMMIT_REFUSED', ainsert: 'COMMIT_REFUSED', apopItem: 'EMPTY_DICT' };
    if (verb in lacking) expect(alone).toBe(lacking[verb as keyof typeof lacking]);
    else expect(String(alone)).not.toMatch(/[A-Z]_[A-Z]/);
  });

  function codeOf(error: unknown): unknown {
    return (error as { code: unknown }).code;
  }
});
