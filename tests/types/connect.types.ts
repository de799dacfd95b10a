import { expectTypeOf } from 'expect-type';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import { connect, type ClusterClient, type Database, type PoolClient, type SentinelClient, type StandaloneClient } from 'redatom';
import { User } from './people';

expectTypeOf(connect('redis://localhost', { models: [User], name: 'main' })).resolves.toEqualTypeOf<Database>();
connect({ url: 'redis://localhost', timeoutMs: 5, RESP: 2 });
connect(createClient());
connect(createClient({ url: 'redis://localhost', RESP: 3, modules: {} }), { models: [User] });
connect(createClientPool());
connect(createClient(), { timeoutMs: 5_000 });
// @ts-expect-error milliseconds are a number
connect(createClient(), { timeoutMs: '5s' });
connect(createCluster({ rootNodes: [] }));
connect(createSentinel({ name: 'main', sentinelRootNodes: [] }));
expectTypeOf(createClient()).toExtend<StandaloneClient>();
expectTypeOf(createClientPool()).toExtend<PoolClient>();
expectTypeOf(createCluster({ rootNodes: [] })).toExtend<ClusterClient>();
expectTypeOf(createSentinel({ name: 'main', sentinelRootNodes: [] })).toExtend<SentinelClient>();
// @ts-expect-error no client
connect(3);
// @ts-expect-error no model
connect('redis://localhost', { models: [Date] });
// @ts-expect-error models are classes
connect('redis://localhost', { models: [User.build()] });

export async function useDatabase(): Promise<void> {
  await using db = await connect('redis://localhost');
  db.bind(User);
}
