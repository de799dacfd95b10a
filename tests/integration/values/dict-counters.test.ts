import { AtomicRedisModel, dict, Field, literal, Model, nullable, RedisDict, RedisInt } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Tally extends AtomicRedisModel {
  @Field(dict(RedisInt)) counts!: RedisDict<number>;
  @Field(dict(nullable(Number))) sums!: RedisDict<number | null>;
  @Field(dict(String)) names!: RedisDict<string>;
  @Field(dict(literal(1, 2))) steps!: RedisDict<1 | 2>;
}

const MAX = Number.MAX_SAFE_INTEGER;

describeOnEveryBackend('numbers of a dict that are added to', (backend) => {
  useModels(backend, Tally);

  test('count what others have added, and begin at 0 where others have removed one', async () => {
    const tally = await Tally.create({ counts: { a: 1, b: 1 } });
    await backend.overwrite(tally.key, '$["counts"]', { a: 100 });

    expect(await tally.counts.aincrease('a')).toBe(101);
    expect(await tally.counts.aincrease('b', 5)).toBe(5);

    expect(tally.counts.clone()).toEqual({ a: 101, b: 5 });
    expect(await backend.json(tally.key, '$["counts"]')).toEqual({ a: 101, b: 5 });
  });

  test('lose no step of many writers that begin at once', async () => {
    const { key } = await Tally.create({});
    const writers = await Promise.all(Array.from({ length: 20 }, () => Tally.get(key)));

    await Promise.all(writers.flatMap(({ counts }) => [counts.aincrease('a'), counts.aincrease('b', 2)]));

    expect(await backend.json(key, '$["counts"]')).toEqual({ a: 20, b: 40 });
  });

  test('are one step of a commit, however often they are added to there', async () => {
    const tally = await Tally.create({ counts: { a: 1 } });
    await backend.overwrite(tally.key, '$["counts"]', { a: 10 });

    const { replies } = await tally.pipeline(async ({ counts }) => {
      expect(await counts.aincrease('a', 2)).toBe(3);
      expect(await counts.aincrease('a', 3)).toBe(6);
      expect(await counts.aincrease('new')).toBe(1);
    });

    expect(replies).toEqual([15, 15, 1]);
    expect(await backend.json(tally.key, '$["counts"]')).toEqual({ a: 15, new: 1 });
  });

  test('follow what the same commit does to them before', async () => {
    const tally = await Tally.create({ counts: { kept: 1, gone: 7 } });

    await tally.pipeline(async ({ counts }) => {
      counts['kept'] = 40;
      await counts.aincrease('kept', 2);
      delete counts['gone'];
      await counts.aincrease('gone');
      counts.delete('gone');
      await counts.aincrease('gone', 3);
    });

    expect(await backend.json(tally.key, '$["counts"]')).toEqual({ kept: 42, gone: 3 });
    expect(tally.counts.clone()).toEqual({ kept: 42, gone: 3 });
  });

  test('are sent after local changes of the same member', async () => {
    const tally = await Tally.create({ counts: { a: 1 } });
    tally.counts['a'] = 10;
    tally.counts['b'] = 20;

    expect(await tally.counts.aincrease('a')).toBe(11);
    await tally.saveChanges();

    expect(await backend.json(tally.key, '$["counts"]')).toEqual({ a: 11, b: 20 });
  });

  test('an undone pipeline puts only those back that it added to', async () => {
    const tally = await Tally.create({ counts: { a: 1, other: 1 } });

    const undone = tally.pipeline(async ({ counts }) => {
      await counts.aincrease('a');
      await counts.aincrease('new');
      throw new Error('undo');
    });

    await expect(undone).rejects.toThrow('undo');
    expect(Object.entries(tally.counts.clone())).toEqual([
      ['a', 1],
      ['other', 1],
    ]);
  });

  test('do not leave the whole numbers that are exact', async () => {
    const tally = await Tally.create({ counts: { top: MAX - 1 } });
    await tally.counts.aincrease('top');

    await expect(tally.counts.aincrease('top')).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'above-max' });
    await expect(tally.counts.aincrease('a', 0.5)).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(tally.counts.aincrease('a', NaN)).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(tally.pipeline(({ counts }) => counts.aincrease('top'))).rejects.toMatchObject({ code: 'VALIDATION' });

    expect(await backend.json(tally.key, '$["counts"]')).toEqual({ top: MAX });
    expect(tally.counts.clone()).toEqual({ top: MAX });
  });

  test('a member that is null is no number', async () => {
    const tally = await Tally.create({ sums: { none: null } });

    await expect(tally.sums.aincrease('none')).rejects.toMatchObject({ code: 'PATH_MISMATCH', path: '$["sums"]["none"]' });
    await expect(tally.sums.aincrease('none', null as never)).rejects.toMatchObject({ code: 'VALIDATION' });

    expect(await backend.json(tally.key, '$["sums"]')).toEqual({ none: null });
  });

  test('names that no path can carry are refused, and so are dicts of other values', async () => {
    const tally = await Tally.create({ names: { a: 'x' }, steps: { a: 1 } });

    await expect(tally.counts.aincrease('back\\slash')).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(tally.names.aincrease('a' as never)).rejects.toThrow(/string, to which nothing can be added/);
    await expect(tally.steps.aincrease('a')).rejects.toMatchObject({ code: 'VALIDATION' });

    expect(await backend.json(tally.key)).toEqual({ counts: {}, sums: {}, names: { a: 'x' }, steps: { a: 1 } });
  });

  test('a dict that an older document lacks is put there first', async () => {
    await backend.send('JSON.SET', 'Tally:old', '$', '{}');
    const tally = await Tally.get('old');

    expect(await tally.counts.aincrease('a', 2)).toBe(2);

    expect(await backend.json('Tally:old')).toEqual({ counts: { a: 2 } });
  });

  test('a large document is not copied for it', async () => {
    const tally = await Tally.create({ counts: { a: 1 } });

    const run = await backend.commandsRun(() => tally.pipeline(({ counts }) => counts.aincrease('new')));

    const names = run.map(({ name }) => name);
    expect(names).toContain('JSON.NUMINCRBY');
    expect(names).not.toContain('COPY');
  });
});
