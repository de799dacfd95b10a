import fc from 'fast-check';
import { RedatomError } from 'redatom';
import { describeOnOwnServers } from '../support/own-servers';
import { hostileJson, hostileText, nested } from './arbitrary';
import { freshDocument, Hostile, inside, onTexts, onValues, structuredCopy, withoutName, type Document, type Step } from './steps';
import { useDatabase } from '../../support/use-models';

describeOnOwnServers('names and values that are hostile', (server) => {
  useDatabase(() => server().url, [Hostile]);

  const counts = { exact: 0, refused: 0 };
  afterAll(() => console.log(`hostile: ${counts.exact} exact, ${counts.refused} refused before sending`));

  const key = 'Hostile:one';

  /** Runs a step beside its plain twin: both end with the same document, or the step is refused and only the member of that name may differ. */
  async function check(step: Step, name: string, value: unknown): Promise<void> {
    await server().send('JSON.SET', key, '$', JSON.stringify(freshDocument()));
    const document = await Hostile.get('one');
    const before = await server().json<Document>(key);
    const expected = structuredCopy(before as Document);
    let refusal: unknown;
    try {
      await step.run(document, name, value as never);
    } catch (error) {
      refusal = error;
    }
    const stored = await server().json(key);
    if (refusal === undefined) {
      step.plain(expected, name, value as never);
      expect(stored).toEqual(expected);
      expect(document.toJSON()).toEqual(expected);
      expect((await Hostile.get('one')).toJSON()).toEqual(expected);
      counts.exact += 1;
      return;
    }
    if (!(refusal instanceof RedatomError)) throw new Error('the step failed', { cause: refusal });
    expect(refusal).toMatchObject({ code: 'VALIDATION' });
    expect((stored as Document).witness).toBe('untouched');
    // Earlier verbs of the step may have been done, but only to the member of that name.
    expect(withoutName(stored as Document, name)).toEqual(withoutName(before as Document, name));
    expect(document.toJSON()).toEqual(stored);
    counts.refused += 1;
  }

  async function property(steps: Record<string, Step>, stepName: string, value: fc.Arbitrary<unknown>): Promise<void> {
    const step = steps[stepName] as Step;
    await fc.assert(
      fc.asyncProperty(hostileText, value, (name, one) => check(step, name, one)),
      { numRuns: 40 },
    );
    expect(await server().send('PING')).toBe('PONG');
  }

  test.each(Object.keys(onTexts))('dict of texts: %s', (step) => property(onTexts, step, hostileText), 30_000);
  test.each(Object.keys(onValues))('dict of JSON: %s', (step) => property(onValues, step, hostileJson), 30_000);
  test.each(Object.keys(inside))('inside %s in a dict', (step) => property(inside, step, hostileText), 30_000);

  test('ill-formed Unicode is refused before it is sent', async () => {
    for (const step of Object.values(onTexts)) {
      for (const [name, value] of [
        ['\ud800', 'x'],
        ['x', 'a\udfff'],
      ] as const) {
        await server().send('JSON.SET', key, '$', JSON.stringify(freshDocument()));
        const document = await Hostile.get('one');
        await expect((async () => step.run(document, name, value as never))()).rejects.toMatchObject({ code: 'VALIDATION' });
      }
    }
  });

  test('strings of a megabyte, as values and as names', async () => {
    for (const text of ['x'.repeat(1 << 20), '😀'.repeat(1 << 18), '\\"'.repeat(1 << 19), '\0'.repeat(1 << 18)]) {
      await check(onTexts['asetItem'] as Step, 'big', text);
      await check(onTexts['set in a pipeline twice'] as Step, 'big', text);
      await check(onTexts['aclear, asetItem, apopItem'] as Step, 'big', text);
      await check(onTexts['asetItem, apop'] as Step, text, 'value');
    }
  });

  test.each(['list', 'object'] as const)(
    'values nested 100 deep (%s), and deeper ones',
    async (kind) => {
      for (const depth of [100, 105, 110, 120, 125, 127, 128, 129, 200, 2000]) {
        for (const name of ['deep', 'a\\"\'b']) {
          for (const step of Object.values(onValues)) await check(step, name, nested(depth, kind));
        }
      }
      expect(await server().send('PING')).toBe('PONG');
    },
    60_000,
  );
});
