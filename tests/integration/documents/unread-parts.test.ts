import { pipeline } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { Plan } from '../../support/plan';
import { useModels } from '../../support/use-models';

const step = { tries: 1, state: 'new', log: ['a'], costs: { cpu: 2 }, fallback: null };

describeOnEveryBackend('parts of documents that are not read', (backend) => {
  useModels(backend, Plan);

  async function createPlan() {
    const { pk } = await Plan.create({
      notes: ['n'],
      tasks: { build: step, 'a.b"c]*': step },
      drafts: { build: step, none: null },
      groups: { ops: ['ada'] },
      stages: { test: { unit: step } },
      first: step,
      last: { fallback: { fallback: {} } },
    });
    return Plan.at(pk);
  }

  type PlanAt = Awaited<ReturnType<typeof createPlan>>;

  describe.each([
    { place: 'a member of a dict', of: (at: PlanAt) => at.tasks.at('build'), path: '$["tasks"]["build"]' },
    { place: 'one with a hostile name', of: (at: PlanAt) => at.tasks.at('a.b"c]*'), path: `$["tasks"]['a.b"c]*']` },
    { place: 'one that may be null', of: (at: PlanAt) => at.drafts.at('build'), path: '$["drafts"]["build"]' },
    { place: 'a member of a member', of: (at: PlanAt) => at.stages.at('test').at('unit'), path: '$["stages"]["test"]["unit"]' },
    { place: 'a nested model', of: (at: PlanAt) => at.first, path: '$["first"]' },
  ])('$place', ({ of, path }) => {
    test('has the verbs of its fields, each one request, and nothing else changes', async () => {
      const at = await createPlan();
      const part = of(at);
      const before = await backend.json(at.key);

      const sent = await backend.roundTrips(async () => {
        expect(await part.tries.increase(2)).toBe(3);
        await part.state.aappend('er');
        expect(await part.log.aappend('b')).toBe(2);
        expect(await part.costs.aincrease('cpu')).toBe(3);
      });

      expect(sent).toEqual(['JSON.NUMINCRBY', 'JSON.STRAPPEND', 'JSON.ARRAPPEND', 'EVALSHA']);
      const changed = { tries: 3, state: 'newer', log: ['a', 'b'], costs: { cpu: 3 }, fallback: null };
      expect(await backend.json(at.key, path)).toEqual(changed);
      await backend.overwrite(at.key, path, step);
      expect(await backend.json(at.key)).toEqual(before);
    });

    test('has aupdate of several fields, as one commit', async () => {
      const at = await createPlan();

      const sent = await backend.roundTrips(() => of(at).aupdate({ tries: 5, log: ['x'] }));
      const refused = of(at).aupdate({ tries: 1.5, nothing: 1 } as never);

      expect(sent).toEqual(['EVALSHA']);
      await expect(refused).rejects.toMatchObject({ code: 'VALIDATION', problems: [{}, {}] });
      expect(await backend.json(at.key, path)).toEqual({ ...step, tries: 5, log: ['x'] });
    });

    test('is changed in a pipeline with the rest, or not at all', async () => {
      const at = await createPlan();
      const before = await backend.json(at.key);

      await at.pipeline(async (queued) => {
        const part = of(queued as unknown as PlanAt);
        expect(await part.tries.increase()).toBeUndefined();
        await part.tries.increase();
        await part.log.aextend(['b', 'c']);
        await part.aupdate({ state: 'done' });
        await queued.runs.increase();
        expect(await backend.json(at.key)).toEqual(before);
      });
      const refused = at.pipeline(async (queued) => {
        await queued.runs.increase();
        await of(queued as unknown as PlanAt).log.aset(7, 'x');
      });

      await expect(refused).rejects.toMatchObject({ code: 'COMMIT_REFUSED', reason: 'out-of-range', index: 1 });
      expect(await backend.json(at.key, path)).toEqual({ ...step, tries: 3, state: 'done', log: ['a', 'b', 'c'] });
      expect(await backend.json(at.key, '$["runs"]')).toBe(1);
    });

    test('gets the defaults that an older one lacks, and no others', async () => {
      const at = await createPlan();
      await backend.overwrite(at.key, path, { state: 'old' });

      const sent = await backend.roundTrips(async () => expect(await of(at).log.aappend('b')).toBe(1));

      expect(sent).toEqual(['JSON.ARRAPPEND', 'EVALSHA']);
      expect(await backend.json(at.key, path)).toEqual({ state: 'old', log: ['b'] });
    });

    test('that is not there is not made', async () => {
      const at = await createPlan();
      await backend.send('JSON.DEL', at.key, path);
      const before = await backend.json(at.key);

      const verbs = [
        of(at).tries.increase(),
        of(at).log.aappend('x'),
        of(at).costs.asetItem('cpu', 1),
        of(at).aupdate({ tries: 2 }),
        of(at).aupdate({ tries: 2, state: 'x' }),
        at.pipeline(async (queued) => {
          await queued.runs.increase();
          await of(queued as unknown as PlanAt).tries.increase();
        }),
      ];

      for (const verb of verbs)
        await expect(verb).rejects.toMatchObject({
          code: 'PATH_MISMATCH',
          key: at.key,
          found: expect.stringMatching(/^nothing/) as unknown,
        });
      expect(await backend.json(at.key)).toEqual(before);
    });
  });

  test('members of dicts that an older document lacks are not made, nor are the dicts', async () => {
    await backend.send('JSON.SET', 'Plan:old', '$', '{"first":{}}');
    const at = Plan.at('old');

    await expect(at.tasks.at('build').tries.increase()).rejects.toMatchObject({ code: 'PATH_MISMATCH', found: 'nothing' });
    await expect(at.groups.at('ops').aappend('x')).rejects.toMatchObject({ code: 'PATH_MISMATCH', found: 'nothing' });
    await expect(at.stages.at('test').asetItem('x', step)).rejects.toMatchObject({ code: 'PATH_MISMATCH', found: 'nothing' });

    expect(await backend.json(at.key)).toEqual({ first: {} });
  });

  test('lists and dicts that are members have their verbs', async () => {
    const at = await createPlan();

    expect(await at.groups.at('ops').aappend('bob')).toBe(2);
    expect(await at.groups.at('ops').apop(0)).toBe('ada');
    expect(await at.groups.at('ops').aremove('bob')).toBe(true);
    await at.stages.at('test').asetItem('e2e', { tries: 3 });
    expect(await at.stages.at('test').apop('unit')).toEqual(step);

    expect(await backend.json(at.key, '$["groups"]')).toEqual({ ops: [] });
    expect(await backend.json(at.key, '$["stages"]')).toEqual({ test: { e2e: { ...step, tries: 3, log: [], costs: {} } } });
  });

  test('a model that holds one of its own class goes as deep as is asked for', async () => {
    const at = await createPlan();

    expect(await at.last.fallback.fallback.tries.increase()).toBe(1);
    await at.pipeline((queued) => queued.last.fallback.log.aappend('deep'));

    await expect(at.last.fallback.fallback.fallback.tries.increase()).rejects.toMatchObject({ code: 'PATH_MISMATCH', found: 'null' });
    const { last } = await at.load();
    expect([last?.fallback?.fallback?.tries.value, last?.fallback?.log]).toEqual([1, ['deep']]);
  });

  describe('in a pipeline, what it has done before counts', () => {
    test.each<[string, (queued: PlanAt) => unknown, (queued: PlanAt) => Promise<unknown>, string]>([
      ['a nested model set to null', (q) => q.aupdate({ last: null }), (q) => q.last.tries.increase(), 'null'],
      ['a list set to null', (q) => q.aupdate({ notes: null }), (q) => q.notes.aappend('x'), 'null'],
      ['a member set to null', (q) => q.drafts.asetItem('build', null), (q) => q.drafts.at('build').tries.increase(), 'null'],
      ['a dict that was cleared', (q) => q.tasks.aclear(), (q) => q.tasks.at('build').tries.increase(), 'nothing'],
      ['a dict that was replaced', (q) => q.aupdate({ tasks: { x: {} } }), (q) => q.tasks.at('build').log.aappend('x'), 'nothing'],
      [
        'a part of a member',
        (q) => q.tasks.at('build').aupdate({ fallback: null }),
        (q) => q.tasks.at('build').fallback.tries.increase(),
        'null',
      ],
      ['a member that was replaced', (q) => q.tasks.asetItem('build', {}), (q) => q.tasks.at('build').fallback.tries.increase(), 'null'],
      ['a dict in a dict', (q) => q.stages.at('test').aclear(), (q) => q.stages.at('test').at('unit').tries.increase(), 'nothing'],
      ['a part that was replaced', (q) => q.aupdate({ first: {} }), (q) => q.first.fallback.tries.increase(), 'null'],
      ['a member that was removed', (q) => q.tasks.adelItem('build'), (q) => q.tasks.at('build').tries.increase(), 'nothing'],
    ])('%s', async (_name, first, second, found) => {
      const at = await createPlan();
      const before = await backend.json(at.key);
      const work = (wait: boolean) =>
        at.pipeline(async (queued) => {
          await queued.runs.increase();
          await first(queued as unknown as PlanAt);
          const verb = second(queued as unknown as PlanAt);
          if (wait) await verb;
        });

      for (const wait of [true, false])
        await expect(work(wait)).rejects.toMatchObject({
          code: 'PATH_MISMATCH',
          key: at.key,
          found,
          path: expect.stringMatching(/^\$\["/) as unknown,
        });
      expect(await backend.json(at.key)).toEqual(before);
    });

    test('unless it was undone', async () => {
      const at = await createPlan();

      await at.pipeline(async (queued) => {
        const inner = pipeline([queued], async ([same]) => {
          await same.aupdate({ last: null, first: {} });
          await same.first.log.aappend('undone');
          await same.tasks.aclear();
          await same.stages.at('test').asetItem('unit', {});
          throw new Error('changed my mind');
        });
        await expect(inner).rejects.toThrow('changed my mind');
        await queued.last.fallback.tries.increase();
        await queued.first.log.aappend('b');
        await queued.tasks.at('build').tries.increase();
        await queued.stages.at('test').at('unit').log.aset(0, 'x');
      });

      const { last, first, tasks, stages } = (await at.load()).toObject();
      expect([last?.fallback?.tries, first.log, tasks['build']?.tries, stages['test']?.['unit']?.log]).toEqual([1, ['a', 'b'], 2, ['x']]);
    });

    test('and what one inside of it has done, in the same commit', async () => {
      const at = await createPlan();

      const sent = await backend.roundTrips(() =>
        at.pipeline(async (queued) => {
          await pipeline([queued], async ([same]) => {
            await same.tasks.aclear();
            await same.runs.increase();
          });
          expect(() => queued.tasks.at('build')).not.toThrow();
          await expect(queued.tasks.at('build').tries.increase()).rejects.toMatchObject({ code: 'PATH_MISMATCH' });
          await queued.runs.increase();
        }),
      );

      expect(sent).toEqual(['EVALSHA']);
      expect(await backend.json(at.key)).toMatchObject({ tasks: {}, runs: 2 });
    });

    test('a member that was set has the verbs of what was set', async () => {
      const at = await createPlan();

      await at.pipeline(async (queued) => {
        await queued.tasks.aclear();
        await queued.tasks.asetItem('new', { tries: 5, log: ['x'] });
        await queued.tasks.at('new').tries.increase(2);
        await queued.tasks.at('new').log.aset(0, 'y');
      });

      expect(await backend.json(at.key, '$["tasks"]')).toEqual({ new: { ...step, tries: 7, log: ['y'], costs: {} } });
    });
  });

  test('names that no path can carry are refused before anything is sent, and names that are none at once', async () => {
    const at = await createPlan();

    const sent = await backend.roundTrips(async () => {
      await expect(at.tasks.at('back\\slash').tries.increase()).rejects.toMatchObject({ code: 'VALIDATION' });
      await expect(at.tasks.at('\ud800').tries.increase()).rejects.toMatchObject({ code: 'VALIDATION' });
      await expect(at.tasks.at(7 as never).tries.increase()).rejects.toMatchObject({ code: 'VALIDATION' });
      expect(() => (at.first.costs as unknown as PlanAt['groups']).at('cpu')).toThrow(/aincrease/);
    });

    expect(sent).toEqual([]);
  });

  test('__proto__ is a name like others', async () => {
    const at = await createPlan();
    await at.tasks.asetItem('__proto__', { tries: 3 });

    expect(await at.tasks.at('__proto__').tries.increase()).toBe(4);
    expect(await backend.json(at.key, '$["tasks"]["__proto__"]["tries"]')).toBe(4);
  });
});
