import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnEveryBackend } from '../../support/backends';
import { failureOf } from '../../support/failure-of';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

describeOnEveryBackend('a pipeline is all or nothing', (backend) => {
  useModels(backend, User);

  test('an operation that cannot work keeps those before and after it from being applied', async () => {
    const user = await createUser({ score: 1, tags: ['a', 'b', 'c'] });
    await backend.overwrite(user.key, '$["tags"]', ['a']);
    const before = await backend.json(user.key);

    const refused = user.pipeline(() => {
      user.score.add(1);
      user.tags[2] = 'x';
      user.email = 'after';
    });

    await expect(refused).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'out-of-range', index: 1, path: '$["tags"]' });
    expect(await backend.json(user.key)).toEqual(before);
  });

  test('a value of another type is found before the first write', async () => {
    const user = await createUser({ tags: ['a'] });
    await backend.overwrite(user.key, '$["tags"]', 'text');
    await backend.overwrite(user.key, '$["settings"]', []);
    const before = await backend.jsonText(user.key);

    for (const change of [() => user.tags.append('b'), () => user.settings.delete('a')]) {
      const refused = user.pipeline(() => {
        user.email = 'x';
        user.score.add(1);
        change();
      });
      await expect(refused).rejects.toMatchObject({ code: 'PATH_MISMATCH', index: 2 });
      expect(await backend.jsonText(user.key)).toBe(before);
    }
  });

  test('a refused command names its own key, which is that of no model', async () => {
    const user = await createUser();
    const counter = `{${user.key}}:counter`;
    await backend.send('SET', counter, 'text');

    const error = await failureOf(() => user.pipeline((same, commands) => (same.score.add(1), commands.incr(counter))));

    expect(error).toMatchObject({ code: 'REDIS_SERVICE', command: 'INCR', key: counter, index: 1 });
    expect(error).not.toHaveProperty('model');
  });

  test('a check that only an earlier operation of the same commit decides is refused without a trace', async () => {
    const user = await createUser({ score: 9_007_199_254_740_000, tags: ['a', 'b'] });
    await backend.overwrite(user.key, '$["tags"]', ['a', 'b', 'c', 'd']);
    const before = await backend.jsonText(user.key);
    await backend.send('PEXPIRE', user.key, '100000');

    const refused = user.pipeline(() => {
      user.tags.remove('a');
      user.tags.splice(0, 1);
      user.score.multiply(1000);
    });

    await expect(refused).rejects.toMatchObject({ code: 'VALIDATION' });
    const late = user.pipeline(() => {
      user.tags.remove('b');
      user.score.add(900);
      user.score.add(90);
      user.score.add(2);
    });
    await expect(late).rejects.toMatchObject({ code: expect.stringMatching(/VALIDATION|COMMIT_REFUSED/) as string });
    expect(await backend.jsonText(user.key)).toBe(before);
    expect(await backend.send<number>('PTTL', user.key)).toBeGreaterThan(0);
    expect(await backend.send<string[]>('KEYS', '*backup*')).toEqual([]);
  });

  test('a late refusal puts the document back with its exact text and its time to live', async () => {
    const user = await createUser({ score: 1, tags: ['a', 'b', 'c'] });
    await backend.send('JSON.SET', user.key, '$["settings"]', '{"n":"1","e":"é"}');
    await backend.overwrite(user.key, '$["unknown"]', { empty: [], nested: {} });
    await backend.send('JSON.SET', user.key, '$["unknown"]["big"]', '12345678901234567890');
    await backend.overwrite(user.key, '$["tags"]', ['b', 'c']);
    await backend.send('PEXPIRE', user.key, '100000');
    const before = await backend.jsonText(user.key);

    // The list turns out to be too short only after the removal before has been applied.
    const refused = user.pipeline(() => {
      user.email = 'x';
      user.tags.remove('b');
      user.tags[1] = 'y';
    });

    await expect(refused).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'out-of-range' });
    expect(await backend.jsonText(user.key)).toBe(before);
    expect(await backend.send<number>('PTTL', user.key)).toBeGreaterThan(50_000);
    expect(await backend.send<string[]>('KEYS', '*backup*')).toEqual([]);
    expect([...user.tags]).toEqual(['a', 'b', 'c']);
  });

  test('nobody sees half of a commit', async () => {
    const user = await createUser({ tags: [] });
    const watcher = User.build({ username: user.pk });
    let isDone = false;
    const lengths = new Set<number>();
    const watching = (async () => {
      while (!isDone) {
        await watcher.load();
        lengths.add(watcher.tags.length - watcher.score.value);
      }
    })();

    for (let round = 0; round < 30; round += 1) {
      await user.pipeline(() => {
        user.tags.append('x');
        user.tags.insert(0, 'y');
        user.score.add(2);
      });
    }
    isDone = true;
    await watching;

    expect([...lengths]).toEqual([0]);
  });

  test('changes by others meanwhile are kept, as far as the operations allow', async () => {
    const user = await createUser({ score: 10, tags: ['a'], settings: { a: '1' } });
    const other = await User.get(user.key);

    await user.pipeline(async () => {
      user.score.add(1);
      user.tags.append('mine');
      user.settings['mine'] = '1';
      await sleep(5);
    });
    await other.pipeline(() => {
      other.score.add(100);
      other.tags.append('theirs');
      other.settings['theirs'] = '1';
    });

    expect(await backend.json(user.key)).toMatchObject({
      score: 111,
      tags: ['a', 'mine', 'theirs'],
      settings: { a: '1', mine: '1', theirs: '1' },
    });
  });
});
