import { parseMonitorLine } from '../../support/monitor';

describe('parseMonitorLine', () => {
  test('reads name, database and origin', () => {
    expect(parseMonitorLine('1700000000.123456 [3 127.0.0.1:5000] "json.get" "a" "$"')).toEqual({
      name: 'JSON.GET',
      database: 3,
      origin: '127.0.0.1:5000',
      args: '"a" "$"',
    });
  });

  test('marks what a script ran, and reads addresses of IPv6 and of sockets', () => {
    expect(parseMonitorLine('1.2 [0 lua] "SET" "a" "b"')?.origin).toBe('lua');
    expect(parseMonitorLine('1.2 [0 [::1]:5000] "PING"')).toMatchObject({ origin: '[::1]:5000', name: 'PING', args: '' });
    expect(parseMonitorLine('1.2 [0 unix:/tmp/a b.sock] "PING"')?.origin).toBe('unix:/tmp/a b.sock');
  });

  test('is not misled by values that look like a line', () => {
    expect(parseMonitorLine('1.2 [1 127.0.0.1:5000] "SET" "[0 lua] \\"GET\\"" "x"')).toMatchObject({ name: 'SET', database: 1 });
  });

  test('passes over what is no command', () => {
    expect(parseMonitorLine('OK')).toBeUndefined();
  });
});
