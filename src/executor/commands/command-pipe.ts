import { getOrMake } from '../../memo/get-or-make';
import { refuseChangeOfConnection } from './connection-state';
import type { RecordedCommand } from './recorded-command';
import { rawCommand, type RawCommandOptions } from './raw-command';
import { allVerbs, type Verb } from './verb';
import type { RedisVerbs } from '../node-redis/verb-types';

/** Records commands in order and sends nothing. The methods for the commands of Redis are put in place below. */
export class CommandRecorder {
  private recorded: RecordedCommand[] = [];

  /** What was recorded, in order. */
  get commands(): readonly RecordedCommand[] {
    return this.recorded;
  }

  /** How many commands were recorded. */
  get length(): number {
    return this.recorded.length;
  }

  /**
   * Records a command as it is written, for commands without a method of their own. Its reply is left as the server gives it.
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

/** The methods for all verbs. Made without a prototype, since hundreds of properties are added to such an object in no time, and to others in 30 ms. */
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
  // V8 lays a prototype out for fast lookups when something is first looked up through an object of its own.
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

/** To know the verbs, node-redis is loaded and makes one of its builders, so they are put in place when the first of them is looked for. */
const verbsOnDemand: ProxyHandler<object> = {
  get(ordinary, name, recorder) {
    // Promises and formatters ask every object for such names.
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
