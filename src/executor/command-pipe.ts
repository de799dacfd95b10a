import type { RecordedCommand } from './recorded-command';
import { allVerbs, rawCommand, Recorder, type RawCommandOptions, type VerbName } from './recorder';
import type { RedisVerbs } from './verbs';

/** Records commands in order and sends nothing. The methods for the commands of Redis are put in place below. */
export class CommandRecorder {
  private made: Recorder | undefined;

  /** @internal Made when it is first needed, since most pipelines record no command. */
  get recorder(): Recorder {
    return (this.made ??= new Recorder());
  }

  /** What was recorded, in order. */
  get commands(): readonly RecordedCommand[] {
    return this.made?.commands ?? [];
  }

  /** How many commands were recorded. */
  get length(): number {
    return this.commands.length;
  }

  /**
   * Records a command as it is written, for what has no method of its own. Its reply is left as the server gives it.
   *
   * @param args - The command and its arguments.
   * @param options - `keys`, where a cluster cannot tell them from the name of the command; `write: false` for one that changes nothing.
   */
  customCommand(args: readonly (string | Buffer)[], options?: RawCommandOptions): this {
    this.record(rawCommand(args, options));
    return this;
  }

  /** @internal */
  record(command: RecordedCommand): void {
    this.recorder.commands.push(command);
  }

  /** @internal */
  recordVerb(verb: VerbName, values: readonly unknown[]): void {
    this.recorder.call(verb, values);
  }
}

type NamespaceMethods = Record<string, (this: { pipe: CommandRecorder }, ...values: unknown[]) => CommandRecorder>;

function installVerbs(prototype: object): void {
  const namespaces = new Map<string, NamespaceMethods>();
  for (const verb of allVerbs()) {
    const { namespace, name } = verb;
    if (namespace === undefined) {
      const method = function (this: CommandRecorder, ...values: unknown[]): CommandRecorder {
        this.recordVerb(verb, values);
        return this;
      };
      Object.defineProperty(prototype, name, { value: method, writable: true, configurable: true });
      continue;
    }
    let methods = namespaces.get(namespace);
    if (methods === undefined) namespaces.set(namespace, (methods = {}));
    methods[name] = function (...values) {
      this.pipe.recordVerb(verb, values);
      return this.pipe;
    };
  }
  for (const [namespace, methods] of namespaces) installNamespace(prototype, namespace, methods);
}

function installNamespace(prototype: object, namespace: string, methods: NamespaceMethods): void {
  Object.defineProperty(prototype, namespace, {
    configurable: true,
    get(this: CommandRecorder): object {
      return Object.assign(Object.create(methods) as object, { pipe: this });
    },
  });
}

/** To know the verbs, node-redis is loaded and makes one of its builders, so they are put in place when the first of them is looked for. */
const verbsOnDemand: ProxyHandler<object> = {
  get(ordinary, name, recorder) {
    // Promises and formatters ask every object for such names.
    if (typeof name === 'symbol' || name === 'then' || name in ordinary) return Reflect.get(ordinary, name, recorder) as unknown;
    Object.setPrototypeOf(CommandRecorder.prototype, ordinary);
    installVerbs(CommandRecorder.prototype);
    return Reflect.get(CommandRecorder.prototype, name, recorder) as unknown;
  },
};

Object.setPrototypeOf(CommandRecorder.prototype, new Proxy(Object.prototype, verbsOnDemand));

/** Takes commands in order: every command of node-redis under its own name, and `customCommand`. Nothing is sent. */
export interface CommandPipe extends CommandRecorder, RedisVerbs<CommandPipe> {}

/** Takes commands in order. */
export const CommandPipe = CommandRecorder as unknown as new () => CommandPipe;
