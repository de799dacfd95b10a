import { startEmbeddedRedis } from 'redatom/testing';
import { Backend, describeOnEveryServer } from './backends';
import { availableFlavours, startServer, type Server } from './servers';
import { flavourOf } from './servers/server';

/**
 * Like `describeOnEveryServer`, but each time on a server of the block's own, in database 0: RediSearch keeps indexes in no other database, and drops all of
 * them when any database is emptied.
 */
export function describeOnOwnBackends(name: string, define: (backend: () => Backend, server: string) => void): void {
  describeOnEveryServer(name, 'it has an index', (shared) => {
    let own: { readonly backend: Backend; readonly stop: () => Promise<void> };
    beforeAll(async () => {
      own = await anotherOf(shared.name);
    });
    define(() => own.backend, shared.name);
    // Hooks run in the order of registration, so the tests have closed what they opened.
    afterAll(() => own.stop());
  });
}

async function anotherOf(name: string): Promise<{ backend: Backend; stop: () => Promise<void> }> {
  const server = name === 'embedded' ? await startEmbeddedRedis() : await startLike(name);
  const backend = new Backend(name, server.url);
  const stop = async (): Promise<void> => {
    await backend.close();
    await ('stop' in server ? server.stop() : server.close());
  };
  return { backend, stop };
}

/** REDIS_URL may name a server of a flavour that cannot be started here. */
async function startLike(name: string): Promise<Server> {
  const flavours = await availableFlavours();
  const [instead] = flavours;
  if (instead === undefined || flavours.includes(flavourOf(name))) return startServer({ flavour: flavourOf(name) });
  process.stderr.write(
    `\n  ANOTHER SERVER: ${name} cannot be started here, so ${instead} takes its place where a test needs one of its own\n`,
  );
  return startServer({ flavour: instead });
}
