import { redirectionOf } from '../../../src/executor/batch/redirection';
import { isPassing } from '../../../src/executor/outcomes/reply-errors';

describe('what a server says when it did nothing', () => {
  test.each([
    ['MOVED 3999 127.0.0.1:6381', 'MOVED', '127.0.0.1:6381'],
    ['ASK 0 redis-2.example.com:7000', 'ASK', 'redis-2.example.com:7000'],
    ['MOVED 16383 2001:db8::1:6379', 'MOVED', '2001:db8::1:6379'],
    ['MOVED 3999 ::1:6381', 'MOVED', '::1:6381'],
    ['ASK 3999 :6381', 'ASK', ':6381'],
    ['MOVED 3999 ?:6381', 'MOVED', '?:6381'],
  ])('%j is a redirection', (message, kind, address) => {
    expect(redirectionOf(new Error(message))).toEqual({ kind, address });
  });

  test.each([
    'MOVED',
    'MOVED to archive',
    'ASK manager for approval',
    'MOVED 3999 127.0.0.1:6381 script: f_1',
    'ASK x a:1',
    'ERR MOVED 1 a:1',
  ])('%j is none', (message) => {
    expect(redirectionOf(new Error(message))).toBeUndefined();
  });

  test.each([
    'TRYAGAIN Multiple keys request during rehashing of slot',
    'CLUSTERDOWN The cluster is down',
    'CLUSTERDOWN The cluster is down and only accepts read commands',
    'CLUSTERDOWN Hash slot not served',
    'LOADING Redis is loading the dataset in memory',
    'LOADING Valkey is loading the dataset in memory',
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    "MASTERDOWN Link with MASTER is down, replica-serve-stale-data is set to 'no' and 'allow-stale' flag is not set on the script.",
  ])('%j passes, also when a script was to run', (message) => {
    expect(isPassing(new Error(message), { args: ['EVAL'] })).toBe(true);
    expect(isPassing(new Error(`${message} script: f_1`), { args: ['EVAL'] })).toBe(false);
  });

  test.each(['EVAL', 'evalsha', 'EVAL_RO', 'EVALSHA_RO', 'FCALL', 'fcall_ro'])('other words of %s may be those of a script', (name) => {
    const error = new Error('LOADING dock is closed');
    expect([isPassing(error, { args: [name] }), isPassing(error, { args: ['GET'] }), isPassing(error)]).toEqual([false, true, true]);
  });
});
