import { describeVerbs } from '../../support/verbs/behaves';

describeVerbs('fields of plain types', [
  { name: 'field = number', run: (part) => void (part.age = 31), stored: { age: 31 } },
  { name: 'field = boolean', run: (part) => void (part.flag = false), stored: { flag: false } },
  { name: 'field = text, where null was', run: (part) => void (part.note = 'x'), stored: { note: 'x' } },
  { name: 'field = null', init: { note: 'x' as never }, run: (part) => void (part.note = null), stored: { note: null } },
  { name: 'field().value of a boolean', run: (part) => void (part.field('flag').value = false), stored: { flag: false } },
]);

describeVerbs('update(patch)', [
  {
    name: 'of several fields',
    run: (part) => part.update({ age: 31, count: 6, title: 'x', tags: ['z'], settings: { z: '1' }, note: 'n', at: new Date(0) }),
    stored: { age: 31, count: 6, title: 'x', tags: ['z'], settings: { z: '1' }, note: 'n', at: '1970-01-01T00:00:00.000Z' },
  },
]);

describeVerbs('aupdate(patch)', [
  {
    name: 'of several fields',
    atOnce: true,
    run: async (part) => void (await part.aupdate({ age: 31, count: 6, tags: ['z'], settings: {}, note: 'n', blob: new Uint8Array([0]) })),
    stored: { age: 31, count: 6, tags: ['z'], settings: {}, note: 'n', blob: 'AA==' },
  },
]);
