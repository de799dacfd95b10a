import { isContainer, type Codec, type CodecKind, type DocumentField, type DocumentShape } from '../codec/codec';
import type { NumberBounds } from '../command/operations/numbers';
import type { CallOptions } from '../input/call-options';
import { describe } from '../input/describe';
import { oncePer } from '../memo/once-per';
import type { DocumentRoot } from '../scope/document-root';
import { PathMismatchError } from '../errors/document';
import { CONTAINER, PLACE_OF, type Container } from './container';
import type { FieldValue } from './field-value';
import type { ModelBase } from './model-instance';
import type { ModelState } from './model-state';
import type { FieldName, Fields, Input, OWN_MEMBERS, Patch, Plain, PlainModel } from './plain-types';
import { lengthAt, loadFields, loadMember, loadPresent, namesAt, sliceAt } from './read-at';
import { requireName } from './dict-changes';
import type { Members, RedisDictVerbs } from './redis-dict';
import type { Items, RedisList } from './redis-list';
import type { RedisInt } from './redis-number';
import type { RedisStr } from './redis-scalars';

/** Values that the server can look for in a list. */
type Scalar = string | number | bigint | boolean | Date | Uint8Array | null;

/** The place of an unread value. */
export interface Place<T> {
  /** Runs a verb on the value, which is made anew for each verb, so that no state is kept. */
  readonly start: <R>(verb: (value: T) => Promise<R>) => Promise<R>;
  /** The document, if its verbs are queued in a pipeline. */
  readonly queued: DocumentRoot | undefined;
}

/** An unread model. */
interface UnreadModel {
  [PLACE_OF](field: string): Place<ModelState>;
}

function sendAt<T, R>({ start, queued }: Place<T>, verb: (value: T) => Promise<R>): Promise<R> {
  const sent = start(verb);
  // The result is known only to the server, once the commit has run.
  return queued === undefined ? sent : sent.then(() => undefined as R);
}

/** The place of something in a value. */
function placeIn<T, P>({ start, queued }: Place<T>, openPart: (value: T) => P): Place<P> {
  return { start: (verb) => start((value) => verb(openPart(value))), queued };
}

/** Where verbs of an unread value begin. */
interface Spot<T> {
  /** Reads it as plain data. */
  readonly load: (call: CallOptions | undefined) => Promise<unknown>;
  /** Makes the object that has its verbs. */
  readonly value: () => T;
}

/** An unread value, with the verb that all of them have. */
export class ValueAt<P, T = unknown> {
  readonly #place: Place<Spot<T>>;
  readonly #codec: Codec;

  /** @internal */
  constructor(place: Place<Spot<T>>, codec: Codec) {
    this.#place = place;
    this.#codec = codec;
  }

  /**
   * Reads the value as plain data, and nothing else of the document. Sends `JSON.GET` of its path; where nothing is stored there, `JSON.TYPE` tells whether the
   * default stands for it.
   *
   * @throws {@link KeyNotFoundError} the document does not exist.
   * @throws {@link PathMismatchError} what it is a part of is not there.
   * @throws {@link CorruptDocumentError} what is stored does not fit the type of the field.
   * @throws {@link PipelineNeedsReplyError} a pipeline is open on the document.
   *
   * @example
   * ```ts
   * await User.at('ada').tags.load(); // => ['admin']
   * await User.at('ada').address.load(); // => null
   * ```
   */
  load(options?: CallOptions): Promise<P> {
    return sendAt(this.#place, ({ load }) => load(options)) as Promise<P>;
  }

  /** @internal */
  protected send<R>(verb: (value: T) => Promise<R>): Promise<R> {
    return sendAt(this.#place, ({ value }) => verb(value()));
  }

  /** @internal The place of something in here. */
  protected inside<I>(open: (value: T) => I): Place<I> {
    return placeIn(this.#place, ({ value }) => open(value()));
  }

  /** @internal */
  protected get element(): Codec {
    return this.#codec.element as Codec;
  }
}

/** The verbs of a number in an unread document. */
export class NumberAt<P = number> extends ValueAt<P, RedisInt> {
  /** Adds in Redis; resolves to the new value. Like {@link RedisInt.increase}. */
  increase(n = 1, options?: CallOptions): Promise<number> {
    return this.send((number) => number.increase(n, options));
  }

  /** Subtracts in Redis; resolves to the new value. Like {@link RedisInt.decrease}. */
  decrease(n = 1, options?: CallOptions): Promise<number> {
    return this.send((number) => number.decrease(n, options));
  }

  /** Adds in Redis unless the result would leave the bounds; resolves to the new value. Like {@link RedisInt.adjust}. */
  adjust(n: number, options?: NumberBounds & CallOptions): Promise<number> {
    return this.send((number) => number.adjust(n, options));
  }
}

/** The verbs of a text in an unread document. */
export class TextAt<P = string> extends ValueAt<P, RedisStr> {
  /** Appends in Redis. Like {@link RedisStr.aappend}. */
  aappend(text: string, options?: CallOptions): Promise<void> {
    return this.send((value) => value.aappend(text, options).then(() => undefined));
  }
}

/** The verbs of a list in an unread document. */
export class ListAt<T, P = Plain<T>[]> extends ValueAt<P, RedisList<T>> {
  /** Appends an item in Redis; resolves to the new length. Like {@link RedisList.aappend}. */
  aappend(item: Input<T>, options?: CallOptions): Promise<number> {
    return this.send((list) => list.aappend(item, options));
  }

  /** Appends items in Redis; resolves to the new length. Like {@link RedisList.aextend}. */
  aextend(items: Items<T>, options?: CallOptions): Promise<number> {
    return this.send((list) => list.aextend(items, options));
  }

  /** Inserts an item before a position in Redis; resolves to the new length. Like {@link RedisList.ainsert}. */
  ainsert(index: number, item: Input<T>, options?: CallOptions): Promise<number> {
    return this.send((list) => list.ainsert(index, item, options));
  }

  /** Removes an item in Redis; resolves to it as plain data, or to `null` when the list is empty. Like {@link RedisList.apop}. */
  apop(index = -1, options?: CallOptions): Promise<Plain<T> | null> {
    return this.send((list) => list.apop(index, options).then((item) => plain(item) as Plain<T> | null));
  }

  /** Replaces an item in Redis. Like {@link RedisList.aset}. */
  aset(index: number, item: Input<T>, options?: CallOptions): Promise<void> {
    return this.send((list) => list.aset(index, item, options));
  }

  /** Removes the first item that equals this one in Redis; resolves to whether Redis had one. Like {@link RedisList.aremove}; not for items with parts. */
  aremove(item: [Plain<T>] extends [Scalar] ? Input<T> : never, options?: CallOptions): Promise<boolean> {
    return this.send((list) => list.aremove(item, options));
  }

  /** Keeps a range of items in Redis, as `slice` does; resolves to the new length. Like {@link RedisList.atrim}. */
  atrim(start: number, endExclusive?: number, options?: CallOptions): Promise<number> {
    return this.send((list) => list.atrim(start, endExclusive, options));
  }

  /** Removes all items in Redis. Like {@link RedisList.aclear}. */
  aclear(options?: CallOptions): Promise<void> {
    return this.send((list) => list.aclear(options));
  }

  /**
   * Reads the items from `start` up to but not including `endExclusive` as plain data, with positions as in `slice`. Sends `JSON.GET` of the range; where it has
   * no items, `JSON.TYPE` tells whether there is a list.
   *
   * @throws {@link KeyNotFoundError} the document does not exist.
   * @throws {@link PathMismatchError} something other than a list is stored there.
   * @throws {@link CorruptDocumentError} an item does not fit the type of the items.
   * @throws {@link PipelineNeedsReplyError} a pipeline is open on the document.
   *
   * @example
   * ```ts
   * await User.at('ada').tags.aextend(['redis', 'json']);
   * await User.at('ada').tags.aslice(-2); // => ['redis', 'json']
   * ```
   */
  aslice(start = 0, endExclusive?: number, options?: CallOptions): Promise<Plain<T>[]> {
    return this.send((list) => sliceAt(list[CONTAINER], { start, end: endExclusive }, options) as Promise<Plain<T>[]>);
  }

  /**
   * Resolves to the length of the stored list. Sends `JSON.ARRLEN`.
   *
   * @throws {@link KeyNotFoundError} the document does not exist.
   * @throws {@link PathMismatchError} something other than a list is stored there.
   * @throws {@link PipelineNeedsReplyError} a pipeline is open on the document.
   */
  alength(options?: CallOptions): Promise<number> {
    return this.send((list) => lengthAt(list[CONTAINER], options));
  }
}

/** The verbs of a dict in an unread document. */
export class DictAt<V, P = Record<string, Plain<V>>> extends ValueAt<P, RedisDictVerbs<V>> {
  /**
   * Returns the verbs of a member that is a model, a list or a dict. Nothing is sent. A missing member is not created: its verbs throw
   * {@link PathMismatchError}.
   *
   * @throws TypeError the members have no verbs of their own.
   *
   * @example
   * ```ts
   * await Post.at('1').offices.at('main').aupdate({ city: 'Oslo' });
   * (await Post.get('1')).offices.get('main')?.city; // => 'Oslo'
   * ```
   */
  at(name: [VerbsAt<V>] extends [never] ? never : string): VerbsAt<V> {
    const { element } = this;
    if (!isContainer(element))
      throw new TypeError(
        `a member that is ${element.name} has no verbs of its own; use asetItem() of the dict, or aincrease() for numbers`,
      );
    const openMember = (dict: RedisDictVerbs<V>): Spot<unknown> => ({
      load: (call) => loadPresent(dict[CONTAINER], name, call),
      value: () => memberAt(dict, name),
    });
    return verbsOf(element, this.inside(openMember)) as VerbsAt<V>;
  }

  /**
   * Reads a member as plain data; resolves to `undefined` when there is none. Sends `JSON.GET` of its path, for a name that no path can carry of the whole dict;
   * where nothing is stored there, `JSON.TYPE` tells whether there is a dict.
   *
   * @throws {@link KeyNotFoundError} the document does not exist.
   * @throws {@link PathMismatchError} something other than a dict is stored there.
   * @throws {@link CorruptDocumentError} the member does not fit the type of the members.
   * @throws {@link PipelineNeedsReplyError} a pipeline is open on the document.
   *
   * @example
   * ```ts
   * await User.at('ada').settings.asetItem('theme', 'dark');
   * await User.at('ada').settings.aget('theme'); // => 'dark'
   * await User.at('ada').settings.aget('lang'); // => undefined
   * ```
   */
  aget(name: string, options?: CallOptions): Promise<Plain<V> | undefined> {
    return this.send((dict) => loadMember(dict[CONTAINER], name, { verb: 'aget', call: options }) as Promise<Plain<V> | undefined>);
  }

  /**
   * Resolves to the names of the stored members, in no order. Sends `JSON.OBJKEYS`.
   *
   * @throws {@link KeyNotFoundError} the document does not exist.
   * @throws {@link PathMismatchError} something other than a dict is stored there.
   * @throws {@link PipelineNeedsReplyError} a pipeline is open on the document.
   */
  akeys(options?: CallOptions): Promise<string[]> {
    return this.send((dict) => namesAt(dict[CONTAINER], options));
  }

  /** Sets a member in Redis. Like {@link RedisDict.asetItem}. */
  asetItem(name: string, value: Input<V>, options?: CallOptions): Promise<void> {
    return this.send((dict) => dict.asetItem(name, value, options));
  }

  /** Sets several members in Redis in one step. Like {@link RedisDict.aupdate}. */
  aupdate(members: Members<V>, options?: CallOptions): Promise<void> {
    return this.send((dict) => dict.aupdate(members, options));
  }

  /** Removes a member in Redis; resolves to whether Redis had it. Like {@link RedisDict.adelItem}. */
  adelItem(name: string, options?: CallOptions): Promise<boolean> {
    return this.send((dict) => dict.adelItem(name, options));
  }

  /** Removes a member in Redis; resolves to its value as plain data, or to `undefined` when there is none. Like {@link RedisDict.apop}. */
  apop(name: string, options?: CallOptions): Promise<Plain<V> | undefined> {
    return this.send((dict) => dict.apop(name, undefined, options).then((value) => plain(value) as Plain<V> | undefined));
  }

  /** Removes some member in Redis; resolves to its name and value as plain data. Like {@link RedisDict.apopItem}. */
  apopItem(options?: CallOptions): Promise<[string, Plain<V>]> {
    return this.send((dict) => dict.apopItem(options).then(([name, value]) => [name, plain(value) as Plain<V>]));
  }

  /** Sets a member in Redis unless it exists; resolves to the value that is stored then, as plain data. Like {@link RedisDict.asetDefault}. */
  asetDefault(name: string, value: Input<V>, options?: CallOptions): Promise<Plain<V>> {
    return this.send((dict) => dict.asetDefault(name, value, options).then((held) => plain(held) as Plain<V>));
  }

  /** Adds to a member that is a number in Redis; resolves to the result. Like {@link RedisDict.aincrease}. */
  aincrease(name: V extends number ? string : never, n = 1, options?: CallOptions): Promise<number> {
    return this.send((dict) => dict.aincrease(name, n, options));
  }

  /** Removes all members in Redis. Like {@link RedisDict.aclear}. */
  aclear(options?: CallOptions): Promise<void> {
    return this.send((dict) => dict.aclear(options));
  }
}

/** The verbs of a nested model in an unread document, except those of its fields, which keep their names. */
export class ModelVerbsAt<M, P = PlainModel<M>> implements UnreadModel {
  readonly #place: Place<Spot<ModelInstance>>;

  /** @internal */
  constructor(place: Place<Spot<ModelInstance>>) {
    this.#place = place;
  }

  /**
   * Reads the model, or some of its fields, as plain data, and nothing else of the document. Sends `JSON.GET`; where something is missing, `JSON.TYPE` tells whether
   * defaults stand for it.
   *
   * @throws {@link KeyNotFoundError} the document does not exist.
   * @throws {@link PathMismatchError} the model of the fields is not there.
   * @throws {@link CorruptDocumentError} what is stored does not fit its field.
   * @throws {@link PipelineNeedsReplyError} a pipeline is open on the document.
   *
   * @example
   * ```ts
   * await user.aupdate({ address: { city: 'Rome' } });
   * await User.at('ada').address.load(['city']); // => { city: 'Rome' }
   * ```
   */
  load(options?: CallOptions): Promise<P>;
  load<K extends FieldName<M>>(fields: readonly K[], options?: CallOptions): Promise<Pick<PlainModel<M>, K>>;
  load(first?: CallOptions | readonly string[], options?: CallOptions): Promise<unknown> {
    if (!isFieldList(first)) return sendAt(this.#place, ({ load }) => load(first));
    return sendAt(this.#place, ({ value }) => loadNamed(value()[CONTAINER], first, options));
  }

  /**
   * Changes several of its fields in Redis in one commit. Sends `JSON.SET` of one field, one script call for several. Like {@link AtomicRedisModel.aupdate}.
   *
   * @throws {@link ValidationError} a value does not fit its field, or a name is not a field; nothing was sent.
   * @throws {@link PathMismatchError} the model is not there; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied.
   *
   * @example
   * ```ts
   * await user.aupdate({ address: { city: 'Rome' } });
   * await User.at('ada').address.aupdate({ city: 'Ostia' });
   * (await User.get('ada')).address?.city; // => 'Ostia'
   * ```
   */
  aupdate(patch: Patch<M>, options?: CallOptions): Promise<void> {
    return sendAt(this.#place, ({ value }) =>
      value()
        .aupdate(patch, options)
        .then(() => undefined),
    );
  }

  /** @internal */
  [PLACE_OF](): Place<ModelState> {
    return placeIn(this.#place, ({ value }) => value()[CONTAINER]);
  }
}

/** A nested model as the `model` layer makes it. */
type ModelInstance = ModelBase & { aupdate(patch: object, options?: CallOptions): Promise<unknown> };

/** The verbs of a nested model in an unread document, with those of its fields. */
export type ModelAt<M, P = PlainModel<M>> = ModelVerbsAt<M, P> & FieldsAt<M>;

/** The fields of an unread model. */
export type FieldsAt<M> = {
  readonly [K in keyof Fields<M>]: VerbsAt<FieldValue<M[K]>, Plain<M[K]>, ValueAt<Plain<M[K]>>>;
};

/**
 * The verbs of an unread value.
 *
 * @typeParam P - Its plain data, `null` included where it may be.
 * @typeParam Other - What a value has that cannot be changed without being replaced.
 */
export type VerbsAt<T, P = Plain<T>, Other = never> =
  NonNullable<T> extends RedisList<infer I>
    ? ListAt<I, P>
    : NonNullable<T> extends RedisDictVerbs<infer V>
      ? DictAt<V, P>
      : NonNullable<T> extends { readonly [OWN_MEMBERS]: unknown }
        ? ModelAt<NonNullable<T>, P>
        : NonNullable<T> extends Pick<RedisInt<number | null>, 'increase' | 'adjust'>
          ? NumberAt<P>
          : NonNullable<T> extends Pick<RedisStr<string | null>, 'aappend'>
            ? TextAt<P>
            : Other;

/** Detaches a value that a verb has returned: without an instance, nothing would keep it up to date. */
function plain(value: unknown): unknown {
  const isBound = typeof value === 'object' && value !== null && CONTAINER in value;
  return isBound ? (value as unknown as { clone(): unknown }).clone() : value;
}

/** The document behind a value inside a pipeline callback; undefined for other values. */
export function rootOfQueued(value: unknown): DocumentRoot | undefined {
  return typeof value === 'object' && value !== null && PLACE_OF in value ? (value as UnreadModel)[PLACE_OF]('').queued : undefined;
}

/** Whether the argument is a list of field names, and not options. */
export function isFieldList(given: CallOptions | readonly string[] | undefined): given is readonly string[] {
  return Array.isArray(given);
}

/** Reads the fields with these names. */
export function loadNamed(state: ModelState, names: readonly string[], call: CallOptions | undefined): Promise<Record<string, unknown>> {
  const { name: model, byName } = state.schema;
  if (names.length === 0) throw new TypeError("load() takes the names of one field or more, such as ['email'], found an empty list");
  const wrong = names.find((name) => !byName.has(name));
  if (wrong !== undefined) throw new TypeError(`${model} has no field ${describe(wrong)}`);
  return loadFields(state, [...new Set(names)], call);
}

type VerbsClass = new (place: Place<Spot<never>>, codec: Codec) => object;

const VERBS: Partial<Record<CodecKind, VerbsClass>> = { list: ListAt, dict: DictAt, integer: NumberAt, float: NumberAt, text: TextAt };

const classOfModel = oncePer((shape: DocumentShape): VerbsClass => withFields(class extends ModelVerbsAt<unknown> {}, shape));

function classOf({ kind, shape }: Codec): VerbsClass {
  return shape === undefined ? (VERBS[kind] ?? ValueAt) : classOfModel(shape());
}

/** Gives a class a property for each field. */
export function withFields<C extends abstract new (...args: never[]) => UnreadModel>(target: C, { fields }: DocumentShape): C {
  for (const field of fields) {
    const { codec, name } = field;
    const openField = (state: ModelState): Spot<unknown> => ({
      load: async (call) => (await loadFields(state, [name], call))[name],
      value: () => valueAt(state, field),
    });
    Object.defineProperty(target.prototype, name, {
      enumerable: true,
      get(this: UnreadModel) {
        return verbsOf(codec, placeIn(this[PLACE_OF](name), openField));
      },
    });
  }
  return target;
}

function verbsOf(codec: Codec, place: Place<Spot<unknown>>): object {
  return new (classOf(codec))(place as Place<Spot<never>>, codec);
}

function valueAt(state: ModelState, field: DocumentField): unknown {
  return isContainer(field.codec) ? present(state, field.name, state.value(field)) : state.scalar(field);
}

function memberAt(dict: RedisDictVerbs<unknown>, name: string): unknown {
  const state = dict[CONTAINER];
  requireName(state, name);
  return present(state, name, state.has(name) ? state.read(name) : state.unreadMember(name));
}

/** Refuses a value that the pipeline has removed before, or set to null. */
function present(container: Container, segment: string, value: unknown): unknown {
  if (value !== null && value !== undefined) return value;
  const { model, key } = container.root;
  throw new PathMismatchError('a value', value === null ? 'null' : 'nothing', { model, key, path: container.pathOf(segment).text });
}
