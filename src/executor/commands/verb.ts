import { randomUUID } from 'node:crypto';
import { CommandArgumentError } from '../../errors/command';
import { checkedArguments } from './arguments';
import { hasOneKey } from './command-keys';
import { nodeRedis } from '../node-redis/load';
import { OF_MESSAGES } from './connection-state';
import { namesIn, type Argument, type Protocol, type RecordedCommand } from './recorded-command';

type Transform = (reply: unknown, preserve?: unknown) => unknown;
type Arguments = Argument[] & { preserve?: unknown };
type AddCommand = (
  ...command: [firstKey: Argument | undefined, isReadonly: boolean | undefined, args: Arguments, transform?: Transform]
) => unknown;
type Method = (...args: unknown[]) => unknown;

/** What is used of the builder that node-redis makes for `multi()`. */
type Builder = Record<string, Method | Record<string, Method>> & { addCommand: AddCommand };

// node-redis puts this before every key, and before nothing else: so each key of each command is known, whatever its syntax.
const KEY_MARK = `\0${randomUUID()}:`;
const KEY_MARK_BYTES = Buffer.from(KEY_MARK);
const ONE_KEY: readonly number[] = Object.freeze([1]);

/** A builder of node-redis that marks keys. It needs no connection, and none is made; what takes long is the class that is made for it. */
function markingBuilder(protocol: Protocol): Builder {
  const rootNodes = [{ url: 'redis://127.0.0.1' }];
  return nodeRedis().createCluster({ rootNodes, RESP: protocol, keyPrefix: KEY_MARK }).multi() as unknown as Builder;
}

/** One of the same class that does not. */
function plainBuilder(marking: Builder): Builder {
  return new (marking.constructor as new () => Builder)();
}

class VerbCommand implements RecordedCommand {
  constructor(
    readonly args: Arguments,
    readonly keyAt: readonly number[],
    private readonly verb: Verb,
  ) {}

  get write(): boolean {
    return this.verb.isWrite;
  }

  get routingKey(): Argument | undefined {
    const [first] = this.keyAt;
    return first === undefined ? undefined : this.args[first];
  }

  decode(reply: unknown, protocol: Protocol): unknown {
    const transform = this.verb.transformOf(protocol);
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

const NOTHING: Arguments = [];

function checked(args: Arguments): Arguments {
  const copy: Arguments = checkedArguments(args);
  if (args.preserve !== undefined) copy.preserve = args.preserve;
  return copy;
}

/** A builder whose verbs give their command to whoever calls them, instead of keeping it. */
class Caller {
  firstKey: Argument | undefined;
  isReadonly: boolean | undefined;
  transform: Transform | undefined;
  private args = NOTHING;

  constructor(readonly builder: Builder) {
    // eslint-disable-next-line max-params -- node-redis calls it with these
    this.builder.addCommand = (firstKey, isReadonly, args, transform) => {
      this.firstKey = firstKey;
      this.isReadonly = isReadonly;
      this.args = args;
      this.transform = transform;
    };
  }

  /** The arguments of the command; what else it is told about it is left in the fields until the next call. */
  call({ namespace, name }: Verb, values: readonly unknown[]): Arguments {
    const owner = namespace === undefined ? this.builder : (this.builder[namespace] as Record<string, Method>);
    try {
      (owner[name] as Method)(...values);
    } catch (error) {
      const verb = namespace === undefined ? name : `${namespace}.${name}`;
      const found = `others: ${(error as Error).message}`;
      throw new CommandArgumentError(`${verb}()`, { expected: 'the arguments that it has in node-redis', found, cause: error });
    }
    const { args } = this;
    this.args = NOTHING;
    return checked(args);
  }
}

// Verbs are called one after the other, so all recorders share their builders, which are dear to make.
let marking: Caller | undefined;
let plain: Caller | undefined;
let older: Caller | undefined;

/** Commands without keys that node-redis does not take for reads in each of their forms. */
const READS = namesIn('FT.AGGREGATE FT.CURSOR FT.SEARCH LOLWUT TS.MGET TS.MRANGE TS.MREVRANGE');

/** Whether a command changes something. Of those that touch no key node-redis says too often that they do not: a message was heard all the same. */
function isChange(args: Arguments, isReadonly: boolean | undefined): boolean {
  const name = String(args[0]);
  if (OF_MESSAGES.has(name) || (name === 'FT.CONFIG' && args[1] === 'SET')) return true;
  return isReadonly !== true && !READS.has(name);
}

/** The most characters of a call that is kept as an example. */
const SHORT = 1000;

/** A method of the builder that node-redis makes: `get`, or `get` of the namespace `json`. What a call shows of it is the same for every call. */
export class Verb {
  isWrite = true;
  private hasOneKey = false;
  /** How replies of the present protocol are read. */
  private transform: Transform | undefined;
  /** The same for the older one, once it is known. */
  private olderTransform: { readonly transform: Transform | undefined } | undefined;
  /** The values of a call, from which that can be learned. Few connections speak it, and another class of builders takes 50 ms and 30 MB. */
  private example: readonly unknown[] | undefined;

  constructor(
    readonly namespace: string | undefined,
    readonly name: string,
  ) {}

  /** The command that a call of it stands for. */
  commandOf(values: readonly unknown[]): RecordedCommand {
    marking ??= new Caller(markingBuilder(3));
    // The way by marks knows every key, and takes twice as long.
    if (this.hasOneKey) return new VerbCommand(this.argumentsOf(values, marking), ONE_KEY, this);
    const args = this.markedArgumentsOf(values, marking);
    const { firstKey } = marking;
    this.learn(values, marking, args);
    const keyAt = takeMarks(args);
    const command = new VerbCommand(args, keyAt, this);
    return keyAt.length === 0 && firstKey !== undefined ? routed(command, firstKey) : command;
  }

  private argumentsOf(values: readonly unknown[], { builder }: Caller): Arguments {
    plain ??= new Caller(plainBuilder(builder));
    return plain.call(this, values);
  }

  private markedArgumentsOf(values: readonly unknown[], caller: Caller): Arguments {
    try {
      return caller.call(this, values);
    } catch (error) {
      // What is no key cannot be marked; without marks it is seen which argument it is.
      this.argumentsOf(values, caller);
      throw error;
    }
  }

  transformOf(protocol: Protocol): Transform | undefined {
    if (protocol === 3) return this.transform;
    this.olderTransform ??= olderTransformOf(this, this.example ?? []);
    return this.olderTransform.transform;
  }

  private learn(values: readonly unknown[], { isReadonly, transform }: Caller, args: Arguments): void {
    if (this.example !== undefined || this.olderTransform !== undefined) return;
    this.isWrite = isChange(args, isReadonly);
    this.hasOneKey = hasOneKey(String(args[0]));
    this.transform = transform;
    const length = args.reduce((sum, arg) => sum + arg.length, 0);
    if (length <= SHORT) this.example = values;
    else this.olderTransform = olderTransformOf(this, values);
  }
}

function olderTransformOf(verb: Verb, values: readonly unknown[]): { readonly transform: Transform | undefined } {
  older ??= new Caller(markingBuilder(2));
  older.call(verb, values);
  return { transform: older.transform };
}

/** A shard channel is no key, but it lies in a slot. */
function routed(command: RecordedCommand, routingKey: Argument): RecordedCommand {
  const { args, keyAt, write } = command;
  return { args, keyAt, write, routingKey, decode: (reply, protocol) => command.decode(reply, protocol) };
}

const NO_VERBS = new Set(['constructor', 'exec', 'execTyped', 'execAsPipeline', 'execAsPipelineTyped', 'addCommand', 'sendCommand']);

/** All verbs of the builder, in node-redis' camel case. */
export function allVerbs(): Verb[] {
  marking ??= new Caller(markingBuilder(3));
  const { builder } = marking;
  const verbs: Verb[] = [];
  for (let owner: object = builder; owner !== Object.prototype; owner = Object.getPrototypeOf(owner) as object) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (!isVerb(name) || NO_VERBS.has(name) || name.startsWith('_')) continue;
      const value = builder[name];
      if (typeof value === 'function') verbs.push(new Verb(undefined, name));
      else if (typeof value === 'object') verbs.push(...verbsOfNamespace(name, value));
    }
  }
  return verbs;
}

function verbsOfNamespace(namespace: string, owner: Record<string, Method>): Verb[] {
  const names = Object.keys(Object.getPrototypeOf(owner) as object);
  return names.filter(isVerb).map((name) => new Verb(namespace, name));
}

function isVerb(name: string): boolean {
  return name !== name.toUpperCase();
}
