import type { Codec, DocumentField, Json, JsonObject } from '../codec/codec';
import { absentMembers, checkDocument, copyStored, UNREAD_MODEL, unreadValue } from '../codec/document';
import { seedOf, setValue } from '../command/operations/values';
import { withSeeds, type Operation } from '../command/operation';
import type { ModelSchema } from '../schema/model-schema';
import type { LocalDocument, SettleTask } from '../scope/document-root';
import type { PipelineScope } from '../scope/pipeline-scope';
import type { JsonPath, PathSegment } from '../path/json-path';
import { changeHere } from './changes';
import { Container, containerOf, type Placement, type StoredView } from './container';
import { refuseTogether } from './misfits';

/** Shared by all instances that have made no runtime value yet. */
const NOTHING_READ: unknown[] = [];

/**
 * Local state of a model instance. The stored form holds the current values of scalars; lists, dicts and nested models hold their own once they were touched.
 */
export class ModelState extends Container implements LocalDocument {
  /** Runtime values, at the positions that the fields name: containers, decoded scalars whose stored form differs, and bound values. */
  private runtime: unknown[] = NOTHING_READ;
  /** How many coming assignments to a field are those of class field initialisers, whose values are known already. */
  ignored: Map<string, number> | undefined = undefined;

  constructor(
    readonly schema: ModelSchema,
    private stored: JsonObject,
    placement: Placement,
  ) {
    super(placement);
  }

  override pathOf(segment: PathSegment): JsonPath {
    return this.parent === undefined ? this.fieldAt(segment).path : super.pathOf(segment);
  }

  codecAt(segment: PathSegment): Codec {
    return this.fieldAt(segment).codec;
  }

  override defaultAt(segment: PathSegment): Json | undefined {
    const { isKey, name, makeDefault } = this.fieldAt(segment);
    return (isKey ? this.stored[name] : undefined) ?? makeDefault?.();
  }

  private fieldAt(segment: PathSegment): DocumentField {
    return this.schema.byName.get(segment as string) as DocumentField;
  }

  override missingAt(segment: PathSegment): string | undefined {
    return this.absent?.get(segment as string);
  }

  /** Fields that the stored document lacks, until something is written there. */
  private get absent(): Map<string, string> | undefined {
    return absentMembers(this.stored);
  }

  pathOfField(field: DocumentField): JsonPath {
    return this.parent === undefined ? field.path : this.path.member(field.name);
  }

  /** Whether to ignore an assignment; counts it off. */
  ignores(name: string): boolean {
    const left = this.ignored?.get(name) ?? 0;
    if (left > 0) this.ignored?.set(name, left - 1);
    return left > 0;
  }

  check(stored: unknown): void {
    checkDocument(this.schema, stored);
  }

  reset(stored: Json): void {
    const next = stored as JsonObject;
    for (const field of this.schema.fields) this.replace(field, next[field.name] as Json);
    this.stored = next;
  }

  /** The value of a field as its property gives it. */
  read(field: DocumentField): unknown {
    const { form } = field;
    // Runtime values first: the stored object lies elsewhere in memory.
    if (form === 'bound' && !field.codec.nullable) return this.scalar(field);
    const made = form === 'bound' ? undefined : this.made(field);
    if (made !== undefined) return made;
    const stored = this.stored[field.name] as Json;
    if (form === 'stored' || stored === null) return stored;
    return form === 'bound' ? this.scalar(field) : this.make(field, stored);
  }

  /** The plain or container value of a field. */
  value(field: DocumentField): unknown {
    const stored = this.stored[field.name] as Json;
    return stored === null || field.madeAt < 0 ? stored : (this.made(field) ?? this.make(field, stored));
  }

  /** The container or decoded form of a field, if it was made. */
  private made({ madeAt }: DocumentField): unknown {
    return madeAt < 0 ? undefined : this.runtime[madeAt];
  }

  private make({ codec, name, madeAt, form }: DocumentField, stored: Json): unknown {
    const value =
      form === 'container'
        ? this.bindItem(codec, stored === UNREAD_MODEL ? unreadValue(codec) : stored, name)
        : this.decode(codec, stored, name);
    this.keep(madeAt, value);
    return value;
  }

  private keep(at: number, value: unknown): void {
    if (at < 0) return;
    if (this.runtime === NOTHING_READ) {
      if (value === undefined) return;
      this.runtime = new Array<unknown>(this.schema.keptCount);
    }
    this.runtime[at] = value;
  }

  /** The bound value of a scalar field. */
  scalar(field: DocumentField): object {
    const made = this.runtime[field.boundAt] as object | undefined;
    if (made !== undefined) return made;
    const scalar = this.root.services.bindScalar(this as never, field);
    this.keep(field.boundAt, scalar);
    return scalar;
  }

  storedOf(field: DocumentField): Json {
    const container = this.containerAt(field);
    return container === undefined ? (this.unseenChangeOf(field) ?? (this.stored[field.name] as Json)) : container.toStored();
  }

  private withUnseenChanges(): JsonObject {
    let out = this.stored;
    for (const field of this.schema.made) {
      const now = this.unseenChangeOf(field);
      if (now === undefined) continue;
      if (out === this.stored) out = { ...this.stored };
      out[field.name] = now;
    }
    return out;
  }

  /** The new stored form of a field whose value was changed from inside; undefined if it was not. */
  private unseenChangeOf(field: DocumentField): Json | undefined {
    const value = field.codec.changesUnseen ? this.made(field) : undefined;
    if (value === undefined) return undefined;
    return this.unseenChange(field.codec, value, { before: this.stored[field.name] as Json, segment: field.name });
  }

  /** Replaces the value of a field, locally and in the queue. */
  assign(field: DocumentField, value: unknown): void {
    const stored = this.encodeFor(field, value);
    if (this.isCounted(field)) return;
    changeHere(this, [setValue('set', this.pathOfField(field), stored)], () => {
      this.put(field, stored);
    });
  }

  /** Checks a value for a field, and that a key or a version keeps its value. */
  encodeFor(field: DocumentField, value: unknown): Json {
    const stored = this.encode(field.codec, value, field.name);
    this.requireKept(field, stored);
    return stored;
  }

  /** The whole model is stored now. */
  noteWritten(): void {
    this.absent?.clear();
  }

  /** Takes over a stored value of one field. */
  put(field: DocumentField, stored: Json): void {
    this.replace(field, stored);
    this.stored[field.name] = stored;
    this.absent?.delete(field.name);
  }

  /** An operation on a field, with its default before it if the stored document has none there. */
  withDefault(field: DocumentField, operation: Operation): Operation {
    const missing = this.missingAt(field.name);
    return missing === undefined ? operation : withSeeds(operation, [seedOf(this.pathOfField(field), missing)]);
  }

  /** Detached plain values of all fields. */
  toPlain(): Record<string, unknown> {
    const stored = this.toStored();
    return Object.fromEntries(this.schema.fields.map(({ name, codec }) => [name, this.decode(codec, stored[name] as Json, name)]));
  }

  /** That of one field. */
  plain(field: DocumentField): unknown {
    return this.decode(field.codec, this.storedOf(field), field.name);
  }

  toStored(as: StoredView = 'present'): JsonObject {
    if (this.runtime === NOTHING_READ) return this.stored;
    for (const field of this.schema.made) {
      const container = this.containerAt(field);
      if (container !== undefined) this.stored[field.name] = container.toStored(as);
    }
    return as === 'known' ? this.stored : this.withUnseenChanges();
  }

  snapshot(): () => void {
    const { stored } = this;
    const undo = this.schema.fields.map((field) => this.snapshotOf(field));
    return () => {
      this.stored = stored;
      for (const restore of undo) restore();
    };
  }

  /** Writes only the fields that differ, so that changes of others to the rest stay. */
  override rememberIn(scope: PipelineScope, operations: readonly Operation[]): void {
    for (const operation of operations) {
      // Who saves the whole of it changes nothing here.
      if (this.isAbout(operation)) continue;
      const field = this.schema.byName.get(operation.path.segment as string) as DocumentField;
      scope.remember(this, field, () => {
        scope.notePlace(this.root, this.pathOfField(field));
        return this.snapshotOf(field);
      });
    }
  }

  /** Whether an operation works on the model as a whole, not on one of its fields. */
  private isAbout({ path }: Operation): boolean {
    return path.segment === this.segment && path.text === this.path.text;
  }

  private snapshotOf(field: DocumentField): () => void {
    const { name } = field;
    // Null, and then another model, may take its place; only a container that exists by now can come back.
    if (field.form === 'container' && field.codec.nullable && this.stored[name] !== UNREAD_MODEL) this.value(field);
    const container = this.containerAt(field);
    const value = container && this.made(field);
    const undo = container?.snapshot();
    // A container that is made later would work on this same object.
    const stored = value === undefined ? copyStored(this.stored[name] as Json) : (this.stored[name] as Json);
    const missing = this.missingAt(name);
    return () => {
      this.restore(field, value, stored);
      undo?.();
      this.stored[name] = stored;
      if (missing !== undefined) this.absent?.set(name, missing);
    };
  }

  override identity(): { name: string; stored: Json } | undefined {
    const { key } = this.schema;
    return key === undefined ? undefined : { name: key.name, stored: this.stored[key.name] as Json };
  }

  get version(): number | undefined {
    const { version } = this.schema;
    return version === undefined ? undefined : (this.stored[version.name] as number);
  }

  setVersion(version: number): void {
    if (this.schema.version !== undefined) this.stored[this.schema.version.name] = version;
  }

  settleUnseen(task: SettleTask): void {
    if (this.runtime === NOTHING_READ) return;
    refuseTogether(this.schema.made, (field) => this.settleField(field, task));
  }

  private settleField(field: DocumentField, task: SettleTask): void {
    const value = this.made(field);
    if (value === undefined) return;
    if (field.form === 'container') containerOf(value).settleUnseen(task);
    else if (!field.codec.changesUnseen) return;
    else if (task === 'forget') this.keep(field.madeAt, undefined);
    else this.collectUnseen(field, task);
  }

  /** Queues a field whose value was changed from inside, or only checks whether it could be written. */
  collectUnseen(field: DocumentField, task: SettleTask = 'collect'): void {
    const now = this.unseenChangeOf(field);
    if (now === undefined) return;
    this.requireKept(field, now);
    if (task === 'check') return;
    changeHere(this, [setValue('set', this.pathOfField(field), now)], () => {
      this.stored[field.name] = now;
      this.absent?.delete(field.name);
    });
  }

  private containerAt(field: DocumentField): Container | undefined {
    const value = field.form === 'container' ? this.made(field) : undefined;
    return value === undefined ? undefined : containerOf(value);
  }

  /** A container takes over the new value in place of being replaced, so that references which users hold stay valid. */
  private replace(field: DocumentField, stored: Json): void {
    const container = this.containerAt(field);
    if (container === undefined) this.keep(field.madeAt, undefined);
    else if (stored === null || stored === UNREAD_MODEL) {
      container.detach();
      this.keep(field.madeAt, undefined);
    } else container.reset(stored);
  }

  private restore(field: DocumentField, before: unknown, stored: Json): void {
    const now = this.containerAt(field);
    if (before === undefined) this.replace(field, stored);
    else if (this.made(field) !== before) {
      now?.detach();
      this.keep(field.madeAt, before);
      containerOf(before).attach();
    }
  }

  /** Whether a field is the version of the document. Versions in nested models are not counted. */
  isCounted(field: DocumentField): boolean {
    return field.isVersion && this.parent === undefined;
  }

  /** Refuses another value for the key, because the document is stored under it, and for the version, which only commits change. */
  requireKept(field: DocumentField, stored: Json): void {
    const kept = this.stored[field.name];
    if ((!field.isKey && !this.isCounted(field)) || stored === kept) return;
    const isUnknown = field.isKey && this.root.isUnread && kept === null;
    const why = `because it ${field.isKey ? 'is the key' : 'counts the commits'}`;
    const expected = isUnknown ? 'to be left out, because it is a key that was not read' : `to keep its value, ${why}`;
    throw this.misfit(field.name, expected, stored);
  }
}
