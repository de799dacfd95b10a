import { SchemaError } from '../errors/definition';
import { KeyNotFoundError } from '../errors/document';
import type { Executor } from '../executor/executor';
import type { CallOptions } from '../input/call-options';
import { openExecutor } from '../executor/open/open';
import type { ConnectionTarget } from '../executor/open/target';
import { INSPECT, inspected } from '../input/inspect';
import { refuseUnknown, type NamesOf } from '../input/options';
import { describe } from '../input/describe';
import { isName } from '../codec/scalars';
import { schemaOf } from '../schema/compile';
import type { ModelClass } from '../schema/model-schema';
import { MODEL } from '../schema/type-reference';
import { bindModel, forgetNamed, nameBinding, requireOpen, type Binding } from './bindings';
import { createIndex, marksFields } from './index-verbs';
import { documentKey } from './pk';
import { GET, readAt } from './read';

/** Options of {@link connect}. */
export interface ConnectOptions {
  /** Models to bind to the connection. Their declarations are checked here. */
  readonly models?: readonly ModelClass[] | undefined;
  /** Name of the connection, for `@Model({ connection })`. */
  readonly name?: string | undefined;
  /**
   * Longest time a call waits for a connection that is down, and for a server that does not answer, in milliseconds. Default 10 000 where `connect` opens the
   * connection. redatom does not drop a ready client that is silent: without this option its calls wait as long as the client lets them; with it, each call has
   * a timer.
   *
   * @example
   * ```ts
   * const limited = await connect('redis://localhost:6379', { timeoutMs: 5_000 });
   * await limited.close();
   * ```
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Creates the indexes of those models that mark fields with `@Index()`, and waits until they hold all documents, as `createIndex()` of each does. Default `false`.
   *
   * @example
   * ```ts
   * const searched = await connect(url, { models: [Order], createIndexes: true });
   * await Order.countBy({ total: { $gte: 100 } }); // => 2
   * await searched.close();
   * ```
   */
  readonly createIndexes?: boolean | undefined;
}

const CONNECT_OPTIONS = { models: true, name: true, timeoutMs: true, createIndexes: 'boolean' } satisfies NamesOf<ConnectOptions>;

/** A connection with the models that are bound to it. */
export class Database implements AsyncDisposable, Binding {
  private readonly byPrefix = new Map<string, ModelClass>();
  private readonly usedByName = new Set<string>();
  private closed = false;

  /** @internal */
  constructor(
    /** @internal */
    readonly executor: Executor,
    /** Name given to `connect`. */
    readonly name: string | undefined,
  ) {}

  /** Whether `close()` was called. */
  get isClosed(): boolean {
    return this.closed;
  }

  /** @internal */
  get prefixes(): Iterable<string> {
    return new Set([...this.byPrefix.keys(), ...this.usedByName]);
  }

  /** @internal */
  noteUse(prefix: string): void {
    this.usedByName.add(prefix);
  }

  /** Models bound to this connection. */
  get models(): readonly ModelClass[] {
    return [...this.byPrefix.values()];
  }

  /**
   * Binds models to this connection.
   *
   * @throws {@link SchemaError} one is declared wrongly, or two of them have the same prefix.
   */
  bind(...models: readonly ModelClass[]): this {
    requireModels(models, 'bind()');
    const together = new Map(this.byPrefix);
    for (const model of models) addByPrefix(together, model);
    // All are checked before any is bound: when one is refused, the others keep the connection that they had.
    for (const [prefix, model] of together) this.byPrefix.set(prefix, model);
    for (const model of models) bindModel(model, this);
    return this;
  }

  /**
   * Reads a document of any bound model by its key.
   *
   * @throws {@link KeyNotFoundError} the document does not exist, or no bound model has its prefix.
   */
  async get(key: string, options?: CallOptions): Promise<object> {
    if (typeof key !== 'string') throw new TypeError(`get() takes the key of a document, such as 'User:ada', found ${describe(key)}`);
    const prefix = [...this.byPrefix.keys()].filter((candidate) => key.startsWith(`${candidate}:`)).sort((a, b) => b.length - a.length)[0];
    if (prefix === undefined) {
      throw new KeyNotFoundError({ key }, `no model of this connection has the prefix of ${JSON.stringify(key)}; bind() its model`);
    }
    const schema = schemaOf(this.byPrefix.get(prefix) as ModelClass);
    requireOpen(this, schema);
    return readAt<object>({ schema, key: documentKey(schema, key), connection: this }, GET, options);
  }

  /**
   * Closes the connection, if `connect` opened it. Verbs of its models throw {@link NotConnectedError} afterwards. Locks held over it are freed and count as
   * lost: their signals abort.
   */
  async close(): Promise<void> {
    this.closed = true;
    if (this.name !== undefined) forgetNamed(this.name, this);
    await this.executor.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal */
  toJSON(): object {
    const { name, isClosed } = this;
    const models = this.models.map((model) => model.name);
    return { ...(name === undefined ? {} : { name }), models, isClosed };
  }

  /** @internal */
  [INSPECT](_depth: number, options: object): string {
    return inspected('Database', this.toJSON(), options);
  }
}

function requireModels(models: readonly unknown[], verb: string): void {
  const at = models.findIndex((model) => typeof model !== 'function' || !(MODEL in model));
  if (at === -1) return;
  const found = models[at];
  const what = typeof found === 'function' ? `the class ${found.name === '' ? 'without a name' : found.name}` : describe(found);
  const cause = found === undefined ? '; modules that import one another in a circle have not made it yet' : '';
  throw new TypeError(`${verb} takes classes that extend AtomicRedisModel, found ${what} at position ${at}${cause}`);
}

function addByPrefix(byPrefix: Map<string, ModelClass>, model: ModelClass): void {
  const { prefix, name } = schemaOf(model);
  const other = byPrefix.get(prefix);
  if (other !== undefined && other !== model) {
    const [whose, instead] =
      other.name === name ? [`another class ${name}`, ', or connect() anew if hot reload declared it again'] : [other.name, ''];
    throw new SchemaError(name, [`its prefix "${prefix}" is that of ${whose}; write @Model({ prefix: 'another' })${instead}`]);
  }
  byPrefix.set(prefix, model);
}

/**
 * Opens a connection and binds models to it. A ready client of node-redis (client, pool, cluster or sentinel) is used as it is, and stays yours to close.
 *
 * @throws {@link RedisConnectionError} no server answered.
 * @throws {@link RedisServiceError} the server has JSON commands of another module than RedisJSON, which a `JSON.MERGE` without arguments finds out.
 * @throws {@link SchemaError} a model is declared wrongly; lists every problem of the class.
 * @throws {@link SearchUnavailableError} `createIndexes` is set, and there can be none.
 * @example
 * ```ts
 * const db = await connect('redis://localhost:6379', { models: [User] });
 * // … at the end of the program:
 * await db.close();
 * ```
 */
export async function connect(target: ConnectionTarget, options: ConnectOptions = {}): Promise<Database> {
  refuseUnknown(options, CONNECT_OPTIONS, 'connect()');
  const { models = [], name, createIndexes = false } = options;
  if (!Array.isArray(models)) throw new TypeError(`connect() takes models: [User, …], found ${describe(models)}`);
  requireModels(models, 'connect()');
  if (name !== undefined && !isName(name)) throw new TypeError(`connect() takes a name of text that is not empty, found ${describe(name)}`);
  for (const model of models as readonly ModelClass[]) schemaOf(model);
  const database = new Database(await openExecutor(target, options.timeoutMs), name);
  try {
    database.bind(...(models as readonly ModelClass[]));
    if (name !== undefined) nameBinding(name, database);
    if (createIndexes) await Promise.all((models as readonly ModelClass[]).filter(marksFields).map((model) => createIndex(model)));
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
