import { describeVerbs } from '../../support/verbs/behaves';

const misfit = { field: 'title', value: 7 } as const;
const later = new Date('2030-01-01T00:00:00.250Z');

describeVerbs('RedisStr', [
  { name: '.value = s', run: ({ title }) => void (title.value = 'new "text"\n'), stored: { title: 'new "text"\n' } },
  { name: 'append(s)', run: ({ title }) => title.append('é"\\!'), stored: { title: 'Tié"\\!' }, misfit },
  { name: 'append("")', run: ({ title }) => title.append(''), stored: { title: 'Ti' }, misfit },
  {
    name: 'aappend(s)',
    run: ({ title }) => title.aappend('é"\\!😀'),
    atOnce: true,
    stored: { title: 'Tié"\\!😀' },
    reply: 'Tié"\\!😀',
    misfit,
  },
]);

describeVerbs('RedisBytes', [
  { name: '.value = bytes', run: ({ blob }) => void (blob.value = new Uint8Array([0, 254])), stored: { blob: 'AP4=' } },
  { name: '.value = no bytes', run: ({ blob }) => void (blob.value = new Uint8Array()), stored: { blob: '' } },
]);

describeVerbs('RedisDatetime as ISO 8601 text', [
  { name: '.value = date', run: ({ at }) => void (at.value = later), stored: { at: '2030-01-01T00:00:00.250Z' } },
  {
    name: 'addMs(n)',
    run: ({ at }) => at.addMs(3000),
    stored: { at: '2024-02-02T00:00:01.500Z' },
    misfit: { field: 'at', value: 'yesterday' },
  },
  {
    name: 'addMs of a part of a second',
    run: ({ at }) => at.addMs(250),
    stored: { at: '2024-02-01T23:59:58.750Z' },
    misfit: { field: 'at', value: 5 },
  },
  { name: 'addMs of less than nothing', run: ({ at }) => at.addMs(-86_400_000 * 32), stored: { at: '2023-12-31T23:59:58.500Z' } },
  { name: 'addMs of 200 years', run: ({ at }) => at.addMs(86_400_000 * 73_050), stored: { at: '2224-02-03T23:59:58.500Z' } },
]);

describeVerbs('RedisDatetime as milliseconds', [
  { name: '.value = date', run: ({ atMs }) => void (atMs.value = later), stored: { atMs: 1893456000250 } },
  { name: 'addMs(n)', run: ({ atMs }) => atMs.addMs(1500), stored: { atMs: 1706832000000 }, misfit: { field: 'atMs', value: '2024' } },
]);

describeVerbs('RedisDatetime as seconds', [
  { name: '.value = date', run: ({ atSeconds }) => void (atSeconds.value = later), stored: { atSeconds: 1893456000.25 } },
  {
    name: 'addMs(n)',
    run: ({ atSeconds }) => atSeconds.addMs(1500),
    stored: { atSeconds: 1706832000 },
    misfit: { field: 'atSeconds', value: null },
  },
  { name: 'addMs(1)', run: ({ atSeconds }) => atSeconds.addMs(1), stored: { atSeconds: 1706831998.501 } },
]);
