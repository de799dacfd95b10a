import { describeVerbs } from '../../support/verbs/behaves';

const misfit = { field: 'settings', value: ['list'] } as const;
const dark = { theme: 'dark' };
const both = { theme: 'dark', lang: 'en' };

describeVerbs('RedisDict, local and queued', [
  {
    name: 'dict.name = value',
    run: ({ settings }) => void (settings['lang'] = 'de'),
    stored: { settings: { ...both, lang: 'de' } },
    misfit,
  },
  {
    name: 'dict.newName = value',
    run: ({ settings }) => void (settings['size now'] = 'L'),
    stored: { settings: { ...both, 'size now': 'L' } },
    misfit,
  },
  { name: 'delete dict.name', run: ({ settings }) => void delete settings['lang'], stored: { settings: dark }, misfit },
  {
    name: 'set(name, value)',
    run: ({ settings }) => void settings.set('lang', 'de'),
    stored: { settings: { ...both, lang: 'de' } },
    misfit,
  },
  {
    name: 'set of a name that a verb has',
    run: ({ settings }) => void settings.set('size', 'L'),
    stored: { settings: { ...both, size: 'L' } },
    misfit,
  },
  {
    name: 'update(members)',
    run: ({ settings }) => settings.update({ lang: 'de', a: '1' }),
    stored: { settings: { theme: 'dark', lang: 'de', a: '1' } },
    misfit,
  },
  {
    name: 'update(Map)',
    run: ({ settings }) => settings.update(new Map([['*', '1']])),
    stored: { settings: { ...both, '*': '1' } },
    misfit,
  },
  { name: 'delete(name)', run: ({ settings }) => settings.delete('lang'), stored: { settings: dark }, reply: true, misfit },
  { name: 'delete of a name that is not there', run: ({ settings }) => settings.delete('zzz'), stored: {}, reply: false, misfit },
  { name: 'clear()', run: ({ settings }) => settings.clear(), stored: { settings: {} }, misfit },
  { name: 'assign(members)', run: ({ settings }) => settings.assign({ z: '1' }), stored: { settings: { z: '1' } }, misfit },
  {
    name: 'assign(members) where one has the name',
    run: ({ settings }) => settings.assign({ lang: 'de' }),
    stored: { settings: { lang: 'de' } },
    misfit,
  },
]);

describeVerbs('RedisDict, at once', [
  {
    name: 'asetItem(name, value)',
    run: ({ settings }) => settings.asetItem('lang', 'de'),
    atOnce: true,
    stored: { settings: { ...both, lang: 'de' } },
  },
  {
    name: 'asetItem of a name with a backslash',
    run: ({ settings }) => settings.asetItem('a\\"\'b', '1'),
    atOnce: true,
    stored: { settings: { ...both, 'a\\"\'b': '1' } },
    misfit,
  },
  {
    name: 'adelItem(name)',
    run: ({ settings }) => settings.adelItem('lang'),
    atOnce: true,
    stored: { settings: dark },
    reply: true,
    misfit,
  },
  {
    name: 'adelItem of a name that is not there',
    run: ({ settings }) => settings.adelItem('zzz'),
    atOnce: true,
    stored: {},
    reply: false,
    misfit,
  },
  {
    name: 'aupdate(members)',
    run: ({ settings }) => settings.aupdate({ lang: 'de', a: '1' }),
    atOnce: true,
    stored: { settings: { theme: 'dark', lang: 'de', a: '1' } },
    misfit,
  },
  {
    name: 'apop(name)',
    run: ({ settings }) => settings.apop('lang'),
    atOnce: true,
    needsReply: true,
    stored: { settings: dark },
    reply: 'en',
    misfit,
  },
  {
    name: 'apop(name, fallback)',
    run: ({ settings }) => settings.apop('zzz', 'none'),
    atOnce: true,
    needsReply: true,
    stored: {},
    reply: 'none',
    misfit,
  },
  {
    name: 'apopItem()',
    init: { settings: dark as never },
    run: ({ settings }) => settings.apopItem(),
    atOnce: true,
    needsReply: true,
    stored: { settings: {} },
    reply: ['theme', 'dark'],
    misfit,
  },
  { name: 'aclear()', run: ({ settings }) => settings.aclear(), atOnce: true, stored: { settings: {} }, misfit },
  {
    name: 'asetDefault(new name)',
    run: ({ settings }) => settings.asetDefault('a', '1'),
    atOnce: true,
    needsReply: true,
    stored: { settings: { ...both, a: '1' } },
    reply: '1',
    misfit,
  },
  {
    name: 'asetDefault(present name)',
    run: ({ settings }) => settings.asetDefault('lang', 'de'),
    atOnce: true,
    needsReply: true,
    stored: {},
    reply: 'en',
    misfit,
  },
]);

const noCounts = { field: 'counts', value: ['list'] } as const;
const noNumber = { field: 'counts', value: { seen: 'text' } } as const;

describeVerbs('RedisDict of numbers', [
  {
    name: 'aincrease(present name, n)',
    run: ({ counts }) => counts.aincrease('seen', 3),
    atOnce: true,
    stored: { counts: { seen: 8 } },
    reply: 8,
    misfit: noNumber,
  },
  {
    name: 'aincrease(new name)',
    run: ({ counts }) => counts.aincrease('a.b'),
    atOnce: true,
    stored: { counts: { seen: 5, 'a.b': 1 } },
    reply: 1,
    misfit: noCounts,
  },
  {
    name: 'aincrease(name, fraction)',
    run: ({ ratios }) => ratios.aincrease('half', -0.25),
    atOnce: true,
    stored: { ratios: { half: 0.25 } },
    reply: 0.25,
    misfit: { field: 'ratios', value: 'text' },
  },
  {
    name: 'aincrease(new name, fraction)',
    run: ({ ratios }) => ratios.aincrease('quarter', 0.25),
    atOnce: true,
    stored: { ratios: { half: 0.5, quarter: 0.25 } },
    reply: 0.25,
    misfit: { field: 'ratios', value: 'text' },
  },
]);
