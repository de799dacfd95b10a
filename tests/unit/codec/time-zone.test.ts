import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

const PROGRAM = `
  const { instant } = require(${JSON.stringify(resolve(__dirname, '../../../src/codec/instant.ts'))});
  const texts = ['2024-07-01T12:00:00', '2024-07-01 12:00:00.25', '2024-07-01T12:00:00+02:00', '2024-07-01T12:00:00.000Z'];
  const formats = ['iso', 'epochMs', 'epochSeconds'];
  console.log(JSON.stringify({
    offset: new Date(2024, 6, 1).getTimezoneOffset(),
    read: texts.map((text) => instant().decode(text).toISOString()),
    written: formats.map((format) => instant(format).encode(new Date(1719835200250))),
  }));
`;

function runIn(zone: string): unknown {
  const output = execFileSync(process.execPath, ['--require', 'tsx/cjs', '-e', PROGRAM], { env: { ...process.env, TZ: zone } });
  return JSON.parse(output.toString());
}

test.each([
  ['UTC', 0],
  ['America/New_York', 240],
  ['Asia/Kolkata', -330],
])('dates are read and written alike in the time zone %s', (zone, offset) => {
  expect(runIn(zone)).toEqual({
    offset,
    read: ['2024-07-01T12:00:00.000Z', '2024-07-01T12:00:00.250Z', '2024-07-01T10:00:00.000Z', '2024-07-01T12:00:00.000Z'],
    written: ['2024-07-01T12:00:00.250Z', 1719835200250, 1719835200.25],
  });
});
