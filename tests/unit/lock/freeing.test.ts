import { OutcomeUnknownError } from '../../../src/errors/commit';
import { RedisConnectionError } from '../../../src/errors/connection';
import { refusalOf } from '../../../src/executor/outcomes/reply-errors';
import { mayBeFreedLater } from '../../../src/lock/freeing';

describe('a lock that could not be freed', () => {
  test.each([
    'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
    'CLUSTERDOWN The cluster is down',
    'LOADING Redis is loading the dataset in memory',
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist on disk.',
    'NOREPLICAS Not enough good replicas to write.',
    "OOM command not allowed when used memory > 'maxmemory'.",
    "READONLY You can't write against a read only replica. script: 1f5b, on @user_script:9.",
    'TRYAGAIN Multiple keys request during rehashing of slot',
  ])('is freed later after %s', (answer) => {
    expect(mayBeFreedLater(refusalOf(answer, {}))).toBe(true);
  });

  test.each([new RedisConnectionError('no connection'), new OutcomeUnknownError({})])('is freed later after $name', (error) => {
    expect(mayBeFreedLater(error)).toBe(true);
  });

  test.each([
    "NOPERM User limited has no permissions to run the 'eval' command",
    'NOAUTH Authentication required.',
    'WRONGPASS invalid username-password pair or user is disabled.',
    'MOVED 3999 127.0.0.1:6381',
    'CROSSSLOT Keys in request do not hash to the same slot',
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    "ERR unknown command 'EVAL'",
  ])('ends by itself after %s', (answer) => {
    expect(mayBeFreedLater(refusalOf(answer, {}))).toBe(false);
  });
});
