import { inspect } from 'node:util';
import { KeyNotFoundError, LockTimeoutError, NotConnectedError, RedisServiceError, type RedatomError } from 'redatom';

const errors: readonly (readonly [RedatomError, object])[] = [
  [new KeyNotFoundError({ key: 'User:ada' }), { key: 'User:ada', name: 'KeyNotFoundError', code: 'KEY_NOT_FOUND' }],
  [
    new KeyNotFoundError({ model: 'User', key: 'User:ada', path: '$["tags"]', command: 'JSON.GET', index: 0 }),
    {
      ...{ model: 'User', key: 'User:ada', path: '$["tags"]', command: 'JSON.GET', index: 0 },
      ...{ name: 'KeyNotFoundError', code: 'KEY_NOT_FOUND' },
    },
  ],
  [
    new LockTimeoutError('work', 10, { key: 'User:ada' }),
    { key: 'User:ada', action: 'work', waitMs: 10, name: 'LockTimeoutError', code: 'LOCK_TIMEOUT' },
  ],
  [new RedisServiceError('OOM', 'full', { key: undefined }), { reply: 'OOM', name: 'RedisServiceError', code: 'REDIS_SERVICE' }],
  [new NotConnectedError('User'), expect.objectContaining({ code: 'NOT_CONNECTED' }) as object],
];

describe.each(errors.map((row) => [row[0].name, ...row] as const))('%s', (_name, error, facts) => {
  test('holds what there is to say and nothing else', () => {
    expect(inspect(error)).not.toContain('undefined');
    expect(Object.entries(error).filter(([, value]) => value === undefined)).toEqual([]);
    expect(JSON.parse(JSON.stringify(error))).toEqual(facts);
    expect(error.path ?? null).toBe((facts as { path?: string }).path ?? null);
  });
});
