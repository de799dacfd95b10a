import type { CommandPipe } from '../executor/commands/command-pipe';
import { documentsOf } from '../field/documents';
import type { ModelState } from '../field/model-state';
import type { FieldName, Patch, PlainModel } from '../field/plain-types';
import { PLACE_OF } from '../field/container';
import { isFieldList, loadNamed, withFields, type FieldsAt, type Place } from '../field/values-at';
import { INSPECT } from '../input/inspect';
import { requireWork } from '../input/arguments';
import type { CallOptions } from '../input/call-options';
import { promised } from '../async/promised';
import { oncePer } from '../memo/once-per';
import { pkOf } from '../path/redis-key';
import { schemaOf } from '../schema/compile';
import type { ModelClass, ModelSchema } from '../schema/model-schema';
import { startOutside } from '../scope/outside-pipeline';
import { startVerb } from '../scope/start-verb';
import { runPipeline, type PipelineOptions, type PipelineResult } from '../scope/pipeline';
import { unreadState } from './hydrate';
import { documentKey, documentPlaceOf } from './pk';
import { QUEUED, type Queueable } from './queueable';
import { getDocument } from './read';
import { deleteState, existsDocument, expireState, ttlOfDocument, updateStored } from './write';

/**
 * An unread document: the verbs of its fields that go to Redis at once, without the values. They resolve to what Redis answers.
 *
 * @example
 * ```ts
 * const ada = User.at('ada'); // nothing is sent
 * await ada.score.increase(5); // => 5
 * await ada.tags.aappend('redis'); // => 2
 * ```
 */
export type DocumentAt<M extends object> = DocumentVerbsAt<M> & FieldsAt<M>;

/** An unread document inside its own pipeline: what is queued has no answer yet. */
export type QueuedAt<M extends object> = Queued<DocumentVerbsAt<M>> & Queued<FieldsAt<M>>;

/** A part of an unread document inside a pipeline: its verbs, without those that need an answer. */
export type Queued<T> = {
  readonly [K in keyof T as K extends NeedsReply ? never : K]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => R extends Promise<unknown> ? Promise<void> : Queued<R>
    : T[K] extends object
      ? Queued<T[K]>
      : T[K];
};

type NeedsReply = 'apop' | 'apopItem' | 'asetDefault' | 'load' | 'aslice' | 'alength' | 'aget' | 'akeys' | 'exists' | 'ttl' | 'pipeline';

/** The verbs of a {@link DocumentAt} as a whole. */
export class DocumentVerbsAt<M extends object> implements Queueable {
  readonly #model: ModelClass<M>;
  readonly #schema: ModelSchema;
  /** The state inside an open pipeline. */
  readonly #state: ModelState | undefined;
  /** Redis key of the document. */
  readonly key: string;

  /** @internal */
  constructor(model: ModelClass<M>, key: string, state?: ModelState) {
    this.#model = model;
    this.#schema = schemaOf(model);
    this.#state = state;
    this.key = key;
  }

  /** Primary key: the key without its prefix. */
  get pk(): string {
    return pkOf(this.#schema.prefix, this.key);
  }

  /**
   * Reads the document; resolves to an instance. Sends `JSON.GET`. With a list of fields it reads nothing else, and resolves to their values as plain data: sends
   * one `JSON.GET` of their paths; where something is missing, `JSON.TYPE` tells whether defaults stand for it.
   *
   * @throws {@link KeyNotFoundError} the document does not exist.
   * @throws {@link CorruptDocumentError} what is stored does not fit the class.
   * @throws {@link PipelineNeedsReplyError} fields are named, and a pipeline is open on the document.
   *
   * @example
   * ```ts
   * await User.at('ada').load(['email', 'score']); // => { email: 'ada@example.com', score: 0 }
   * ```
   */
  load(options?: CallOptions): Promise<M>;
  load<K extends FieldName<M>>(fields: readonly K[], options?: CallOptions): Promise<Pick<PlainModel<M>, K>>;
  load(first?: CallOptions | readonly string[], options?: CallOptions): Promise<unknown> {
    if (!isFieldList(first)) return getDocument(this.#model, this.key, first);
    return this.#start('', (state) => loadNamed(state, first, options));
  }

  /**
   * Changes several fields in Redis in one commit. Sends `JSON.SET` of one field, one script call for several.
   *
   * @throws {@link ValidationError} a value does not fit its field, or a name is not a field; nothing was sent.
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied.
   * @throws TypeError the class has rules of class-validator, which look at the whole document.
   *
   * @example
   * ```ts
   * await User.at('ada').aupdate({ email: 'ada@lovelace.org' });
   * (await User.get('ada')).email; // => 'ada@lovelace.org'
   * ```
   */
  aupdate(patch: Patch<M>, options?: CallOptions): Promise<void> {
    return this.#start('', (state) => updateStored(state, { patch, result: () => undefined }, options));
  }

  /**
   * Removes the document; resolves to whether it existed. Sends `DEL`.
   *
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied.
   */
  delete(options?: CallOptions): Promise<boolean> {
    return this.#start('', (state) => deleteState(state, options));
  }

  /** Resolves to whether the document is stored. Sends `EXISTS`. */
  exists(options?: CallOptions): Promise<boolean> {
    return promised(() => existsDocument(documentPlaceOf(this.#model, this.key), options));
  }

  /**
   * Sets the time to live of the document, in seconds. Sends `PEXPIRE`. Like {@link AtomicRedisModel.expire}.
   *
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied.
   */
  expire(seconds: number, options?: CallOptions): Promise<void> {
    return this.#start('', (state) => expireState(state, seconds, options));
  }

  /** Resolves to the seconds that the document has left, or to `null` when it never expires. Sends `PTTL`. Like {@link AtomicRedisModel.ttl}. */
  ttl(options?: CallOptions): Promise<number | null> {
    return promised(() => ttlOfDocument(unreadState(documentPlaceOf(this.#model, this.key), ''), options));
  }

  /**
   * Collects the changes that `work` makes and applies all or none of them in one commit. Sends one script call, and reads nothing.
   *
   * @throws {@link KeyNotFoundError} the document is gone; nothing was written.
   * @throws {@link OutcomeUnknownError} no reply: the write may have been applied.
   *
   * @example
   * ```ts
   * await User.at('ada').pipeline(async (ada) => {
   *   await ada.tags.aappend('staff');
   *   await ada.score.adjust(-1, { min: 0 });
   * }); // => throws CommitRefusedError
   * (await User.get('ada')).tags; // => ['admin']
   * ```
   */
  pipeline(work: (document: QueuedAt<M>, commands: CommandPipe) => unknown, options?: PipelineOptions): Promise<PipelineResult> {
    return promised(() => {
      requireWork(work, 'pipeline()', "User.at('ada').pipeline((ada) => …)");
      const document = this[QUEUED]() as QueuedAt<M>;
      return runPipeline(documentsOf([document], 'pipeline()'), (commands) => work(document, commands), options);
    });
  }

  /** What a pipeline works on. A nested pipeline works on the same object. */
  [QUEUED](): object {
    if (this.#state !== undefined) return this;
    return verbsAt(this.#model, this.key, unreadState(documentPlaceOf(this.#model, this.key)));
  }

  /** @internal */
  [PLACE_OF](field: string): Place<ModelState> {
    return { start: (verb) => this.#start(field, verb), queued: this.#state?.root };
  }

  /** @internal */
  [INSPECT](): string {
    return `${this.#schema.name}.at(${JSON.stringify(this.pk)})`;
  }

  /** Runs a verb on a fresh state, so that nothing is kept. Without a field name, the state has no defaults. */
  #start<R>(field: string, verb: (state: ModelState) => Promise<R>): Promise<R> {
    const state = this.#state;
    if (state !== undefined) return startVerb(state.root, () => verb(state));
    return promised(() => {
      const place = documentPlaceOf(this.#model, this.key);
      return startOutside([place], AT, () => verb(unreadState(place, field)));
    });
  }
}

/** The error of a pipeline that already changes the same document. */
const AT = {
  verb: 'at',
  need: 'sends its verbs at once',
  instead: "call those that write on the document that the pipeline's callback gets, and those that read before the pipeline",
};

type VerbsClass = new (...place: ConstructorParameters<typeof DocumentVerbsAt<object>>) => DocumentVerbsAt<object>;

const classOf = oncePer((schema: ModelSchema) => withFields<VerbsClass>(class UnreadDocument extends DocumentVerbsAt<object> {}, schema));

/** The verbs of the document with a key or pk; nothing is sent. */
export function documentAt<M extends object>(model: ModelClass<M>, keyOrPk: string): DocumentAt<M> {
  return verbsAt(model, documentKey(schemaOf(model), keyOrPk));
}

function verbsAt<M extends object>(model: ModelClass<M>, key: string, state?: ModelState): DocumentAt<M> {
  return new (classOf(schemaOf(model)))(model, key, state) as DocumentAt<M>;
}
