import { randomUUID } from 'node:crypto';
import { hasOneKey, keyPositionsOf } from './command-keys';
import { nodeRedis } from './node-redis';
import type { Argument, Protocol, RecordedCommand } from './recorded-command';

type Transform = (reply: unknown, preserve?: unknown) => unknown;
type Arguments = Argument[] & { preserve?: unknown };
type AddCommand = (
  ...command: [firstKey: Argument | undefined, isReadonly: boolean | undefined, args: Arguments, transform?: Transform]
) => unknown;
type Verb = (...args: unknown[]) => unknown;

/** What is used of the builder that node-redis makes for `multi()`. */
type Builder = Record<string, Verb | Record<string, Verb>> & { addCommand: AddCommand };

/** Names a method of the builder: `get`, or `json` and `get`. */
export interface VerbName {
  readonly namespace: string | undefined;
  readonly name: string;
}

// node-redis puts this before every key, and before nothing else: so each key of each command is known, whatever its syntax.
const KEY_MARK = `\0${randomUUID()}:`;
const KEY_MARK_BYTES = Buffer.from(KEY_MARK);
const ONE_KEY: readonly number[] = Object.freeze([1]);

const sources = new Map<string, { multi(): unknown }>();

/** A builder of node-redis. It needs no connection, and none is made. */
function newBuilder({ protocol = 3, marks = true }: { protocol?: Protocol; marks?: boolean } = {}): Builder {
  const id = `${protocol} ${marks}`;
  let source = sources.get(id);
  if (source === undefined) {
    const rootNodes = [{ url: 'redis://127.0.0.1' }];
    source = nodeRedis().createCluster({ rootNodes, RESP: protocol, ...(marks ? { keyPrefix: KEY_MARK } : {}) });
    sources.set(id, source);
  }
  return source.multi() as Builder;
}

function callVerb(builder: Builder, { namespace, name }: VerbName, args: readonly unknown[]): void {
  const owner = namespace === undefined ? builder : (builder[namespace] as Record<string, Verb>);
  (owner[name] as Verb)(...args);
}

/** What the first call of a verb has shown. It is the same for every call, so it is kept for all recorders. */
interface VerbFacts {
  readonly isWrite: boolean;
  readonly hasOneKey: boolean;
  /** How its replies are read, by version of the protocol. */
  readonly transforms: Readonly<Record<Protocol, Transform | undefined>>;
}

class VerbCommand implements RecordedCommand {
  readonly write: boolean;
  readonly routingKey: Argument | undefined;

  constructor(
    readonly args: Arguments,
    readonly keyAt: readonly number[],
    private readonly facts: VerbFacts,
  ) {
    this.write = facts.isWrite;
    this.routingKey = keyAt.length === 0 ? undefined : args[keyAt[0] as number];
  }

  decode(reply: unknown, protocol: Protocol): unknown {
    const transform = this.facts.transforms[protocol];
    return transform === undefined ? reply : transform(reply, this.args.preserve);
  }
}

/** Removes the mark of each key, and says where the keys are. */
function takeMarks(args: Arguments): readonly number[] {
  const positions: number[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] as Argument;
    if (typeof arg === 'string') {
      if (!arg.startsWith(KEY_MARK)) continue;
      args[at] = arg.slice(KEY_MARK.length);
    } else {
      if (!arg.subarray(0, KEY_MARK_BYTES.length).equals(KEY_MARK_BYTES)) continue;
      args[at] = arg.subarray(KEY_MARK_BYTES.length);
    }
    positions.push(at);
  }
  return positions.length === 1 && positions[0] === 1 ? ONE_KEY : positions;
}

/** What a raw command says about itself. */
export interface RawCommandOptions {
  /** Its keys, where they cannot be told from its name. */
  readonly keys?: readonly Argument[];
  /** False for a command that changes nothing. Default true. */
  readonly write?: boolean;
}

/** A command that is sent as it is written, its reply untouched unless `decode` reads it. */
export function rawCommand(
  args: readonly Argument[],
  { keys, write = true }: RawCommandOptions = {},
  decode: (reply: unknown) => unknown = (reply) => reply,
): RecordedCommand {
  const keyAt = keys === undefined ? keyPositionsOf(args) : keys.map((key) => args.indexOf(key, 1));
  const routingKey = keyAt[0] === undefined ? undefined : args[keyAt[0]];
  return { args: [...args], keyAt, routingKey, write, decode };
}

const factsOf = new Map<VerbName, VerbFacts>();

type Command = Parameters<AddCommand>;

/** A builder whose verbs give their command to whoever calls them, instead of keeping it. */
class Caller {
  private readonly builder: Builder;
  private latest: Command | undefined;

  constructor(options: { protocol?: Protocol; marks?: boolean }) {
    this.builder = newBuilder(options);
    this.builder.addCommand = (...command) => (this.latest = command);
  }

  call(verb: VerbName, values: readonly unknown[]): Command {
    callVerb(this.builder, verb, values);
    const command = this.latest as Command;
    this.latest = undefined;
    return command;
  }
}

// Verbs are called one after the other, so all recorders share their builders, which are dear to make.
let marking: Caller | undefined;
let plain: Caller | undefined;
let older: Caller | undefined;

function learn(verb: VerbName, values: readonly unknown[], [, isReadonly, args, transform]: Command): VerbFacts {
  older ??= new Caller({ protocol: 2 });
  const transforms = { 2: older.call(verb, values)[3], 3: transform };
  const facts = { isWrite: isReadonly !== true, hasOneKey: hasOneKey(String(args[0])), transforms };
  factsOf.set(verb, facts);
  return facts;
}

/** Records commands. The verbs are those of node-redis' own builder, whose `addCommand` is replaced. */
export class Recorder {
  commands: RecordedCommand[] = [];

  /** Records one call of a verb. Verbs are told apart by identity. */
  call(verb: VerbName, values: readonly unknown[]): void {
    const facts = factsOf.get(verb);
    // The way by marks knows every key, and takes twice as long.
    if (facts?.hasOneKey === true) {
      plain ??= new Caller({ marks: false });
      this.commands.push(new VerbCommand(plain.call(verb, values)[2], ONE_KEY, facts));
      return;
    }
    marking ??= new Caller({});
    const marked = marking.call(verb, values);
    const [firstKey, , args] = marked;
    const keyAt = takeMarks(args);
    const command = new VerbCommand(args, keyAt, facts ?? learn(verb, values, marked));
    this.commands.push(keyAt.length === 0 && firstKey !== undefined ? routed(command, firstKey) : command);
  }
}

/** A shard channel is no key, but it lies in a slot. */
function routed(command: RecordedCommand, routingKey: Argument): RecordedCommand {
  const { args, keyAt, write } = command;
  return { args, keyAt, write, routingKey, decode: (reply, protocol) => command.decode(reply, protocol) };
}

const NO_VERBS = new Set(['constructor', 'exec', 'execTyped', 'execAsPipeline', 'execAsPipelineTyped', 'addCommand', 'sendCommand']);

/** All verbs of the builder, in node-redis' camel case. */
export function allVerbs(): VerbName[] {
  const builder = newBuilder();
  const verbs: VerbName[] = [];
  for (let owner: object = builder; owner !== Object.prototype; owner = Object.getPrototypeOf(owner) as object) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (!isVerb(name) || NO_VERBS.has(name) || name.startsWith('_')) continue;
      const value = builder[name];
      if (typeof value === 'function') verbs.push({ namespace: undefined, name });
      else if (typeof value === 'object') verbs.push(...verbsOfNamespace(name, value));
    }
  }
  return verbs;
}

function verbsOfNamespace(namespace: string, owner: Record<string, Verb>): VerbName[] {
  const names = Object.keys(Object.getPrototypeOf(owner) as object);
  return names.filter(isVerb).map((name) => ({ namespace, name }));
}

function isVerb(name: string): boolean {
  return name !== name.toUpperCase();
}
