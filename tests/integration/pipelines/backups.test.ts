import { openExecutor } from '../../../src/executor/clients/open';
import { commit } from '../../../src/lua/catalog.generated';
import { describeOnEveryBackend } from '../../support/backends';

let count = 0;

/** A key that no other test uses, in the slot of the members. */
function newKey(): string {
  count += 1;
  return `{club}backup-${count}`;
}

describeOnEveryBackend('what a commit backs up', (backend) => {
  test('are put back also when the script itself fails at a later step', async () => {
    const [key, lock, fence, document] = [newKey(), newKey(), newKey(), newKey()];
    await backend.send('MSET', key, 'old', fence, 'no number');
    await backend.send('JSON.SET', document, '$', '{}');
    const executor = await openExecutor(await backend.target());

    // The lock cannot be handed over, because its fence counts nothing.
    const release = ['release', '3', '5', `${lock}:waiting`, 'heir', '1000', fence, document];
    const keys = [key, `${key}:copy`, lock, `${lock}:waiting`, fence, document];
    const args = ['1', 'raw', '1', '3', 'SET', key, 'changed', ...release];
    const answer = await executor.evaluate({ script: commit, keys, args }, (reply) => reply);

    expect(answer).toEqual([0, 1, expect.stringContaining('not an integer')]);
    expect(await backend.send('MGET', key, `${key}:copy`)).toEqual(['old', null]);
    await executor.close();
  });
});
