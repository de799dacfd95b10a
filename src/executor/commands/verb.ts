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

/** The part that redatom uses of the builder that node-redis makes for `multi()`. */
type Builder = Record<string, Method | Record<string, Method>> & { addCommand: AddCommand };

// Used as the key prefix of node-redis, which adds it to every key and to nothing else: this reveals the keys of each command, whatever its syntax.
const KEY_MARK = `\0${randomUUID()}:`;
const KEY_MARK_BYTES = Buffer.from(KEY_MARK);
const ONE_KEY: readonly number[] = Object.freeze([1]);

/** A builder of node-redis that marks keys. It needs no connection, and opens none; the slow part is the class that node-redis makes for it. */
function markingBuilder(protocol: Protocol): Builder {
  const rootNodes = [{ url: 'redis://127.0.0.1' }];
  return nodeRedis().createCluster({ rootNodes, RESP: protocol, keyPrefix: KEY_MARK }).multi() as unknown as Builder;
}

/** A builder of the same class that does not mark keys. */
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

/** Removes the mark from each key, and returns the positions of the keys. */
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

/** A builder whose verbs return their command to the caller instead of keeping it. */
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

  /** The arguments of the command; its other properties stay in the fields until the next call. */
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

// Calls of verbs never overlap, so all recorders share these builders, which are expensive to make.
let marking: Caller | undefined;
let plain: Caller | undefined;
let older: Caller | undefined;

/** Commands without keys that node-redis does not mark as reads in every form. */
const READS = namesIn('FT.AGGREGATE FT.CURSOR FT.SEARCH LOLWUT TS.MGET TS.MRANGE TS.MREVRANGE');

/** Whether a command changes something. node-redis marks too many commands without keys as reads: a published message, for instance, cannot be recalled. */
function isChange(args: Arguments, isReadonly: boolean | undefined): boolean {
  const name = String(args[0]);
  if (OF_MESSAGES.has(name) || (name === 'FT.CONFIG' && args[1] === 'SET')) return true;
  return isReadonly !== true && !READS.has(name);
}

/** The most characters of a call that is kept as an example. */
const SHORT = 1000;

/** A method of the builder that node-redis makes: `get`, or `get` of the namespace `json`. What one call reveals about it holds for every call. */
export class Verb {
  isWrite = true;
  private hasOneKey = false;
  /** Reads replies of the present protocol. */
  private transform: Transform | undefined;
  /** The same for the older protocol, once it is known. */
  private olderTransform: { readonly transform: Transform | undefined } | undefined;
  /**
   * The values of a call, from which `olderTransform` can be learned later. Few connections speak the older protocol, and its class of builders takes
   * 50 ms and 30 MB.
   */
  private example: readonly unknown[] | undefined;

  constructor(
    readonly namespace: string | undefined,
    readonly name: string,
  ) {}

  /** The command that a call with these values stands for. */
  commandOf(values: readonly unknown[]): RecordedCommand {
    marking ??= new Caller(markingBuilder(3));
    // Marks reveal every key, but take twice as long.
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
      // A value that is not a key cannot be marked; without marks, the error says which argument is wrong.
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

/** A shard channel is not a key, but it has a slot. */
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
