import { getOrMake } from '../../memo/get-or-make';
import { refuseChangeOfConnection } from './connection-state';
import type { RecordedCommand } from './recorded-command';
import { rawCommand, type RawCommandOptions } from './raw-command';
import { allVerbs, type Verb } from './verb';
import type { RedisVerbs } from '../node-redis/verb-types';

/** Records commands in order and sends nothing. The methods for the commands of Redis are put in place below. */
export class CommandRecorder {
  private recorded: RecordedCommand[] = [];

  /** The recorded commands, in order. */
  get commands(): readonly RecordedCommand[] {
    return this.recorded;
  }

  /** How many commands were recorded. */
  get length(): number {
    return this.recorded.length;
  }

  /**
   * Records a command as written, for commands without a method of their own. Its reply is returned as the server sends it.
   *
   * @param args - The command and its arguments.
   * @param options - `keys`, where the name of the command does not tell them; `write: false` for a command that changes nothing.
   * @throws {@link BatchCommandError} the command would change the connection for all who share it.
   * @throws {@link CommandArgumentError} the command has no name, or an argument that is neither text nor bytes.
   */
  customCommand(args: readonly (string | Uint8Array)[], options?: RawCommandOptions): this {
    this.record(rawCommand(args, options));
    return this;
  }

  protected record(command: RecordedCommand): void {
    refuseChangeOfConnection(command);
    this.recorded.push(command);
  }

  protected recordVerb(verb: Verb, values: readonly unknown[]): void {
    this.record(verb.commandOf(values));
  }

  protected forget(): void {
    for (const command of this.recorded.reverse()) command.onRemoval?.();
    this.recorded = [];
  }
}

/** A recorder, as its methods see it. */
interface Recorder {
  recordVerb(verb: Verb, values: readonly unknown[]): void;
}

type Methods = Record<string, (this: Recorder, ...values: unknown[]) => Recorder>;
type NamespaceMethods = Record<string, (this: { pipe: Recorder }, ...values: unknown[]) => Recorder>;

/** The methods for all verbs. They are added to an object without a prototype because adding hundreds of properties to any other object takes 30 ms. */
function methodsOfVerbs(): object {
  const methods = Object.create(null) as Methods;
  const namespaces = new Map<string, NamespaceMethods>();
  for (const verb of allVerbs()) {
    const { namespace, name } = verb;
    if (namespace === undefined) {
      methods[name] = function (...values) {
        this.recordVerb(verb, values);
        return this;
      };
      continue;
    }
    const inNamespace = getOrMake(namespaces, namespace, () => Object.create(null) as NamespaceMethods);
    inNamespace[name] = function (...values) {
      this.pipe.recordVerb(verb, values);
      return this.pipe;
    };
  }
  for (const [namespace, inNamespace] of namespaces) defineNamespace(methods, namespace, inNamespace);
  Object.setPrototypeOf(methods, Object.prototype);
  // V8 optimizes a prototype for lookups at the first lookup through an object that inherits from it.
  void (Object.create(methods) as Methods)['get'];
  return methods;
}

function defineNamespace(methods: object, namespace: string, inNamespace: NamespaceMethods): void {
  Object.defineProperty(methods, namespace, {
    get(this: CommandRecorder): object {
      return Object.assign(Object.create(inNamespace) as object, { pipe: this });
    },
  });
}

/** Listing the verbs requires loading node-redis and making one of its builders, so the methods are installed on first use. */
const verbsOnDemand: ProxyHandler<object> = {
  get(ordinary, name, recorder) {
    // Promises and formatters look such names up on every object.
    if (typeof name === 'symbol' || name === 'then' || name in ordinary) return Reflect.get(ordinary, name, recorder) as unknown;
    Object.setPrototypeOf(CommandRecorder.prototype, methodsOfVerbs());
    return Reflect.get(CommandRecorder.prototype, name, recorder) as unknown;
  },
};

Object.setPrototypeOf(CommandRecorder.prototype, new Proxy(Object.prototype, verbsOnDemand));

/** Takes commands in order: every command of node-redis under its own name, and `customCommand`. Nothing is sent. */
export interface CommandPipe extends CommandRecorder, RedisVerbs<CommandPipe> {}

/** Takes commands in order. */
export const CommandPipe = CommandRecorder as unknown as new () => CommandPipe;
