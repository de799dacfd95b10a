import { clusterFault, fault } from '../messages';
import { MapReply, ok, VerbatimReply, type Reply } from '../protocol/reply';
import { argument, parseInteger } from './arguments';
import { CommandError, commandsOf, type ClusterNode, type ClusterView, type Command, type Context } from './command';
import { SLOT_COUNT, slotOf } from './slot';
import { subcommands, type Subcommand } from './subcommands';

function viewOf({ host }: Context): ClusterView {
  if (host.cluster === undefined) throw new CommandError(clusterFault.disabled);
  return host.cluster;
}

const onView = (arity: number, run: (view: ClusterView, args: readonly string[], context: Context) => Reply): Subcommand => ({
  arity,
  run: (context, args) => run(viewOf(context), args, context),
});

const isMaster = ({ master }: ClusterNode): boolean => master === undefined;

function replicasOf(view: ClusterView, master: ClusterNode): ClusterNode[] {
  return view.nodes.filter((node) => node.master === master);
}

function slots(view: ClusterView): Reply {
  const endpoint = (node: ClusterNode): Reply => [node.host, node.port, node.id, []];
  return view.nodes
    .filter(isMaster)
    .map((master) => [master.slots.first, master.slots.last, endpoint(master), ...replicasOf(view, master).map(endpoint)]);
}

function shards(view: ClusterView): Reply {
  const describe = (node: ClusterNode): Reply =>
    new MapReply([
      ['id', node.id],
      ['port', node.port],
      ['ip', node.host],
      ['endpoint', node.host],
      ['role', isMaster(node) ? 'master' : 'replica'],
      ['replication-offset', 0],
      ['health', 'online'],
    ]);
  return view.nodes.filter(isMaster).map(
    (master) =>
      new MapReply([
        ['slots', [master.slots.first, master.slots.last]],
        ['nodes', [master, ...replicasOf(view, master)].map(describe)],
      ]),
  );
}

function describeNode(view: ClusterView, node: ClusterNode): string {
  const flags = [...(node === view.self ? ['myself'] : []), isMaster(node) ? 'master' : 'slave'].join(',');
  const range = isMaster(node) ? ` ${node.slots.first}-${node.slots.last}` : '';
  return `${node.id} ${node.host}:${node.port}@${node.port + 10_000} ${flags} ${node.master?.id ?? '-'} 0 0 1 connected${range}\n`;
}

function info(view: ClusterView): Reply {
  const facts = {
    cluster_state: 'ok',
    cluster_slots_assigned: SLOT_COUNT,
    cluster_slots_ok: SLOT_COUNT,
    cluster_slots_pfail: 0,
    cluster_slots_fail: 0,
    cluster_known_nodes: view.nodes.length,
    cluster_size: view.nodes.filter(isMaster).length,
    cluster_current_epoch: 1,
    cluster_my_epoch: 1,
  };
  return new VerbatimReply(
    Object.entries(facts)
      .map(([name, value]) => `${name}:${value}\r\n`)
      .join(''),
  );
}

function keysInSlot(context: Context, text: string): string[] {
  const slot = parseInteger(text, clusterFault.invalidSlot);
  if (slot < 0 || slot >= SLOT_COUNT) throw new CommandError(clusterFault.invalidSlot);
  return context.database.keys().filter((key) => slotOf(key) === slot);
}

const cluster = subcommands({
  slots: onView(2, slots),
  shards: onView(2, shards),
  nodes: onView(2, (view) => new VerbatimReply(view.nodes.map((node) => describeNode(view, node)).join(''))),
  info: onView(2, info),
  myid: onView(2, (view) => view.self.id),
  keyslot: onView(3, (_, args) => slotOf(argument(args, 2))),
  countkeysinslot: onView(3, (_, args, context) => keysInSlot(context, argument(args, 2)).length),
  getkeysinslot: onView(4, (_, args, context) => keysInSlot(context, argument(args, 2)).slice(0, parseInteger(argument(args, 3)))),
  replicas: onView(3, (view, args) => {
    const master = view.nodes.find(({ id }) => id === argument(args, 2));
    if (master === undefined) throw new CommandError(fault.unsupported(`a node ${argument(args, 2)}`));
    return replicasOf(view, master).map((node) => describeNode(view, node).trimEnd());
  }),
});

const command = commandsOf('cluster');

const readMode = (name: string, reads: boolean): Command =>
  command([name, 1, ['loading', 'stale', 'fast']], (context) => {
    viewOf(context);
    context.session.readsReplica = reads;
    return ok;
  });

export const clusterCommands: readonly Command[] = [
  command(['cluster', -2, ['stale']], { ...cluster, notes: 'reading commands only: the layout is fixed' }),
  readMode('readonly', true),
  readMode('readwrite', false),
  command(['asking', 1, ['fast']], (context) => (viewOf(context), ok)),
];
