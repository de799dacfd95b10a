import * as redatom from 'redatom';
import { describeOnOwnBackends } from '../support/own-backends';
import { checks } from './snippets/checks';
import { complaintsAbout, loadModule } from './snippets/compile';
import { SnippetModule } from './snippets/module';
import { examplesOf } from './tsdoc/examples';
import * as models from './tsdoc/models';
import { publicSurface } from './tsdoc/public-surface';
import { setStage } from './tsdoc/stage';

const surface = publicSurface('index.ts');
const examples = examplesOf(surface);
const names = Object.keys(redatom).join(', ');

const module_ = new SnippetModule(
  `import { ${names}, type AbstractModelType, type Json, type ModelType, type Patch, type Plain } from 'redatom';
import { ${Object.keys(models).join(', ')} } from './tsdoc/models';
import type { Stage } from './tsdoc/stage';
import type { Checks } from './snippets/expectations';`,
  '{ user, post, from, to, url }: Stage & { url: string }',
);
for (const example of examples) module_.add([example]);

describe('doc comments', () => {
  test.each(['index.ts', 'batch/index.ts', 'service/index.ts', 'tree/index.ts', 'testing.ts'])(
    'every name that %s exports has one',
    (entry) => {
      expect(
        publicSurface(entry)
          .filter(({ kind, doc }) => kind === 'export' && doc === '')
          .map(({ name }) => name),
      ).toEqual([]);
    },
  );

  test('those of a class under another name are looked at as well', () => {
    expect(surface.map(({ name }) => name)).toEqual(expect.arrayContaining(['RedisDict.asetItem', 'RedisList.aappend']));
  });

  test('every public method and accessor has one', () => {
    const isOurs = ({ origin }: { origin: string }): boolean => !origin.startsWith('src/executor/node-redis/client-shapes.ts');
    const verbs = surface.filter(({ kind }) => kind === 'method' || kind === 'accessor').filter(isOurs);

    expect(verbs.length).toBeGreaterThan(100);
    expect(verbs.filter(({ doc }) => doc === '').map(({ name, origin }) => `${name} (${origin})`)).toEqual([]);
  });

  /** Verbs that read, or that record something to be written later. */
  const WRITE_NOTHING =
    /\.(get|find|findBy|findOneBy|findAndCountBy|countBy|load|aslice|alength|aget|akeys|getMany|exists|ttl|afindKeys|scan|lock|lockFromKey|customCommand|insert|append|extend|push|unshift|close)$|^connect$/;

  test('those of verbs that write say what it means when no reply comes', () => {
    const writing = surface.filter(({ name, doc }) => /\bSends\b/.test(doc) && !WRITE_NOTHING.test(name));

    expect(writing.length).toBeGreaterThan(30);
    expect(writing.filter(({ doc }) => !/@throws \{@link OutcomeUnknownError\}/.test(doc)).map(({ name }) => name)).toEqual([]);
  });

  test('their examples compile', () => {
    expect(examples.length).toBeGreaterThan(20);
    expect(complaintsAbout(module_.source, 'tsdoc.snippets.ts')).toEqual([]);
  }, 120_000);
});

describeOnOwnBackends('examples in doc comments', (server) => {
  const parts = loadModule(module_.source, (name) => (name === './tsdoc/models' ? models : jest.requireActual(name)));

  test.each(examples.map(({ origin }, index) => [origin, index] as const))('%s does what it says', async (_origin, index) => {
    const part = parts[`part${index}`];
    if (part === undefined) throw new Error('the example was not compiled');
    const { url } = server();
    await server().flush();
    const { db, ...stage } = await setStage(url);
    try {
      await part(checks as never, { ...stage, url } as never);
    } finally {
      await db.close();
    }
  });
});
