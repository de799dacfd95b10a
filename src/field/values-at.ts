import { isContainer, type Codec, type CodecKind, type DocumentField, type DocumentShape } from '../codec/codec';
import type { NumberBounds } from '../command/operations/numbers';
import type { CallOptions } from '../input/call-options';
import { oncePer } from '../memo/once-per';
import type { DocumentRoot } from '../scope/document-root';
import { PathMismatchError } from '../errors/document';
import { CONTAINER, PLACE_OF, type Container } from './container';
import type { FieldValue } from './field-value';
import type { ModelBase } from './model-instance';
import type { ModelState } from './model-state';
import type { FieldName, Input, OWN_MEMBERS, Patch, Plain } from './plain-types';
import { requireName } from './dict-changes';
import type { Members, RedisDictVerbs } from './redis-dict';
import type { Items, RedisList } from './redis-list';
import type { RedisInt } from './redis-number';
import type { RedisStr } from './redis-scalars';

/** Values that the server can look for in a list. */
type Scalar = string | number | bigint | boolean | Date | Uint8Array | null;

/** The place of an unread value. */
export interface Place<T> {
  /** Starts a verb on the value, which is made anew for each verb, so that nothing of it is kept. */
  readonly start: <R>(verb: (value: T) => Promise<R>) => Promise<R>;
  /** The document, when its verbs wait for a pipeline of it. */
  readonly queued: DocumentRoot | undefined;
}

/** An unread model. */
interface UnreadModel {
  [PLACE_OF](field: string): Place<ModelState>;
}

function sendAt<T, R>({ start, queued }: Place<T>, verb: (value: T) => Promise<R>): Promise<R> {
  const sent = start(verb);
  // What it would resolve to is the server's to say, and nothing is known of it here.
  return queued === undefined ? sent : sent.then(() => undefined as R);
}

/** The place of something in a value. */
function placeIn<T, P>({ start, queued }: Place<T>, openPart: (value: T) => P): Place<P> {
  return { start: (verb) => start((value) => verb(openPart(value))), queued };
}

/** Sends verbs of a value. */
abstract class ValueVerbs<T> {
  readonly #place: Place<T>;
  readonly #codec: Codec;

  /** @internal */
  constructor(place: Place<T>, codec: Codec) {
    this.#place = place;
    this.#codec = codec;
  }

  /** @internal */
  protected send<R>(verb: (value: T) => Promise<R>): Promise<R> {
    return sendAt(this.#place, verb);
  }

  /** @internal The place of something in here. */
  protected inside<P>(open: (value: T) => P): Place<P> {
    return placeIn(this.#place, open);
  }

  /** @internal */
  protected get element(): Codec {
    return this.#codec.element as Codec;
  }
}

/** The verbs of a number in an unread document. */
export class NumberAt extends ValueVerbs<RedisInt> {
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
export class TextAt extends ValueVerbs<RedisStr> {
  /** Appends in Redis. Like {@link RedisStr.aappend}. */
  aappend(text: string, options?: CallOptions): Promise<void> {
    return this.send((value) => value.aappend(text, options).then(() => undefined));
  }
}

/** The verbs of a list in an unread document. */
export class ListAt<T> extends ValueVerbs<RedisList<T>> {
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
}

/** The verbs of a dict in an unread document. */
export class DictAt<V> extends ValueVerbs<RedisDictVerbs<V>> {
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
  at(name: [ValueAt<V>] extends [never] ? never : string): ValueAt<V> {
    const { element } = this;
    if (!isContainer(element))
      throw new TypeError(
        `a member that is ${element.name} has no verbs of its own; use asetItem() of the dict, or aincrease() for numbers`,
      );
    return verbsOf(
      element,
      this.inside((dict) => memberAt(dict, name)),
    ) as ValueAt<V>;
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
export class ModelVerbsAt<M> implements UnreadModel {
  readonly #place: Place<ModelInstance>;

  /** @internal */
  constructor(place: Place<ModelInstance>) {
    this.#place = place;
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
    return sendAt(this.#place, (model) => model.aupdate(patch, options).then(() => undefined));
  }

  /** @internal */
  [PLACE_OF](): Place<ModelState> {
    return placeIn(this.#place, (model) => model[CONTAINER]);
  }
}

/** A nested model, as the layer above makes it. */
type ModelInstance = ModelBase & { aupdate(patch: object, options?: CallOptions): Promise<unknown> };

/** The verbs of a nested model in an unread document, with those of its fields. */
export type ModelAt<M> = ModelVerbsAt<M> & FieldsAt<M>;

/** The fields of an unread model that have verbs. */
export type FieldsAt<M> = {
  readonly [K in FieldName<M> as ValueAt<FieldValue<M[K]>> extends never ? never : K]: ValueAt<FieldValue<M[K]>>;
};

/** The verbs of an unread value. */
export type ValueAt<T> =
  NonNullable<T> extends RedisList<infer I>
    ? ListAt<I>
    : NonNullable<T> extends RedisDictVerbs<infer V>
      ? DictAt<V>
      : NonNullable<T> extends { readonly [OWN_MEMBERS]: unknown }
        ? ModelAt<NonNullable<T>>
        : NonNullable<T> extends Pick<RedisInt<number | null>, 'increase' | 'adjust'>
          ? NumberAt
          : NonNullable<T> extends Pick<RedisStr<string | null>, 'aappend'>
            ? TextAt
            : never;

/** Without an instance there is nothing that could change its values later. */
function plain(value: unknown): unknown {
  const isBound = typeof value === 'object' && value !== null && CONTAINER in value;
  return isBound ? (value as unknown as { clone(): unknown }).clone() : value;
}

/** The document of one that a pipeline has queued; undefined where there is none. */
export function rootOfQueued(value: unknown): DocumentRoot | undefined {
  return typeof value === 'object' && value !== null && PLACE_OF in value ? (value as UnreadModel)[PLACE_OF]('').queued : undefined;
}

type VerbsClass = new (place: Place<never>, codec: Codec) => object;

const VERBS: Partial<Record<CodecKind, VerbsClass>> = { list: ListAt, dict: DictAt, integer: NumberAt, float: NumberAt, text: TextAt };

const classOfModel = oncePer((shape: DocumentShape): VerbsClass => withFields(class extends ModelVerbsAt<unknown> {}, shape));

function classOf({ kind, shape }: Codec): VerbsClass | undefined {
  return shape === undefined ? VERBS[kind] : classOfModel(shape());
}

/** Gives a class a property for each field that has verbs. */
export function withFields<C extends abstract new (...args: never[]) => UnreadModel>(target: C, { fields }: DocumentShape): C {
  for (const field of fields) {
    const { codec, name } = field;
    if (codec.kind !== 'model' && VERBS[codec.kind] === undefined) continue;
    Object.defineProperty(target.prototype, name, {
      enumerable: true,
      get(this: UnreadModel) {
        return verbsOf(
          codec,
          placeIn(this[PLACE_OF](name), (state) => valueAt(state, field)),
        );
      },
    });
  }
  return target;
}

function verbsOf(codec: Codec, place: Place<unknown>): object {
  return new (classOf(codec) as VerbsClass)(place as Place<never>, codec);
}

function valueAt(state: ModelState, field: DocumentField): unknown {
  return isContainer(field.codec) ? present(state, field.name, state.value(field)) : state.scalar(field);
}

function memberAt(dict: RedisDictVerbs<unknown>, name: string): unknown {
  const state = dict[CONTAINER];
  requireName(state, name);
  return present(state, name, state.has(name) ? state.read(name) : state.unreadMember(name));
}

/** Refuses what the pipeline has removed before, or set to null. */
function present(container: Container, segment: string, value: unknown): unknown {
  if (value !== null && value !== undefined) return value;
  const { model, key } = container.root;
  throw new PathMismatchError('a value', value === null ? 'null' : 'nothing', { model, key, path: container.pathOf(segment).text });
}
