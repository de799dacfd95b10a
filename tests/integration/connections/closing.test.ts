import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connect, Model, NotConnectedError } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { User } from '../../support/user';

@Model({ connection: 'passing', prefix: 'User' })
class Passing extends User {}

/** Nothing keeps what can be reached no more. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 10; round += 1) {
    await turn();
    collect();
  }
}

describeOnEveryBackend('a connection with a name that was closed', (backend) => {
  test('is kept by nobody, and yet it is told what became of it', async () => {
    const closed = async (): Promise<WeakRef<object>> => {
      const db = await connect(await backend.target(), { name: 'passing' });
      await Passing.exists('ada');
      await db.close();
      return new WeakRef(db);
    };
    const ref = await closed();

    await collectGarbage();

    expect(ref.deref()).toBeUndefined();
    await expect(Passing.exists('ada')).rejects.toThrow(NotConnectedError);
    await expect(Passing.exists('ada')).rejects.toThrow('the connection of Passing was closed');
  });

  test('leaves its name to the one that has it now', async () => {
    const first = await connect(await backend.target(), { name: 'passing' });
    const second = await connect(await backend.target(), { name: 'passing' });

    await first.close();

    await expect(Passing.exists('ada')).resolves.toBe(false);
    await second.close();
  });
});
