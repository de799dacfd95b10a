import { describeOnEveryServer } from '../../support/backends';

describeOnEveryServer('Backend', 'each worker has a database of it', (backend) => {
  test('stores and reads JSON in the database of this worker', async () => {
    await backend.overwrite('one', '$', { tags: ['a'] });

    await expect(backend.json('one', '$.tags[0]')).resolves.toBe('a');
    await expect(backend.json('two')).resolves.toBeUndefined();
    await expect(backend.overwrite('one', '$.missing.deep', 1)).rejects.toThrow(/.+/);
    expect(new URL(backend.url).pathname).toBe(`/${process.env['JEST_WORKER_ID']}`);
  });

  test('commandsSent counts what clients send and leaves out what scripts run', async () => {
    const names = await backend.commandsSent(async () => {
      await backend.send('SET', 'plain', 'a "quoted" value');
      await backend.send('EVAL', "redis.call('SET', KEYS[1], '1') return redis.call('GET', KEYS[1])", '1', 'scripted');
      const other = (await backend.raw()).duplicate();
      await other.connect();
      await Promise.all([other.sendCommand(['GET', 'plain']), other.sendCommand(['json.get', 'one'])]);
      other.destroy();
    });

    expect(names.filter((name) => !['HELLO', 'SELECT', 'CLIENT', 'CLIENT|SETINFO'].includes(name))).toEqual([
      'SET',
      'EVAL',
      'GET',
      'JSON.GET',
    ]);
  });

  test('commandsSent fails when the action fails', async () => {
    await expect(backend.commandsSent(() => Promise.reject(new Error('inside')))).rejects.toThrow('inside');
  });
});
