import { connect, type ConnectionTarget, type Database, type ModelClass } from 'redatom';
import type { Backend } from './backends';

/** Binds models to the server of a block of tests. */
export function useModels(backend: Backend, ...models: ModelClass[]): void {
  useDatabase(() => backend.target(), models);
}

/** The same with any connection target; the returned function returns the connection. */
export function useDatabase(target: () => ConnectionTarget | Promise<ConnectionTarget>, models: ModelClass[]): () => Database {
  let database: Database;
  beforeAll(async () => {
    database = await connect(await target(), { models });
  });
  afterAll(() => database.close());
  return () => database;
}
