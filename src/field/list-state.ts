import { isContainer, type Codec, type Json } from '../codec/codec';
import { Container, CONTAINER, type Placement } from './container';

/** Ten times faster than to spread the array, because it is of a class of its own. */
function copyOf(items: readonly unknown[]): unknown[] {
  const copy = new Array<unknown>(items.length);
  for (let index = 0; index < items.length; index += 1) copy[index] = items[index];
  return copy;
}

/** Local state of a list: its items at run time, and where it lives. */
export class ListState extends Container {
  readonly hasPositions = true;
  readonly element: Codec;
  private readonly holdsContainers: boolean;

  /** The array behind the list that users hold; changed in place. */
  items: unknown[] = [];

  constructor(
    readonly codec: Codec,
    placement: Placement,
  ) {
    super(placement);
    this.element = codec.element as Codec;
    this.holdsContainers = isContainer(this.element);
  }

  reset(stored: Json): void {
    if (this.items[0] !== undefined) this.detachItems(0, this.items.length);
    const source = stored as Json[];
    if (this.items.length !== source.length) this.items.length = source.length;
    for (let index = 0; index < source.length; index += 1) this.items[index] = this.toRuntime(source[index] as Json, index);
  }

  toStored(): Json[] {
    const out: Json[] = new Array<Json>(this.items.length);
    for (let index = 0; index < out.length; index += 1) out[index] = this.storedAt(index);
    return out;
  }

  storedAt(index: number): Json {
    const item = this.items[index];
    if (this.element.identity) return item as Json;
    const container = this.containerOf(item);
    return container === undefined ? this.element.encode(item) : container.toStored();
  }

  /** Detached plain values. */
  toPlain(): unknown[] {
    return this.toStored().map((stored) => this.element.decode(stored));
  }

  append(stored: readonly Json[]): void {
    for (const item of stored) this.items[this.items.length] = this.toRuntime(item, this.items.length);
  }

  /** Replaces a range of items by stored ones and returns what was there. */
  splice(start: number, deleteCount: number, stored: readonly Json[] = []): unknown[] {
    this.detachItems(start, start + deleteCount);
    const removed = Array.prototype.splice.call(
      this.items,
      start,
      deleteCount,
      ...stored.map((item, offset) => this.toRuntime(item, start + offset)),
    );
    this.renumber(start);
    return removed;
  }

  /** After items have moved, their paths follow. */
  renumber(start = 0): void {
    if (!this.holdsContainers) return;
    for (let index = start; index < this.items.length; index += 1) {
      const container = this.containerOf(this.items[index]);
      if (container !== undefined) container.segment = index;
    }
  }

  snapshot(): () => void {
    const items = copyOf(this.items);
    return () => {
      this.detachItems(0, this.items.length);
      this.items.length = 0;
      Array.prototype.push.apply(this.items, items);
      for (const item of items) this.containerOf(item)?.attach();
      this.renumber();
    };
  }

  identity(): undefined {
    return undefined;
  }

  /** Position of the first item with a stored form, or -1. */
  indexOfStored(text: string): number {
    for (let index = 0; index < this.items.length; index += 1) if (JSON.stringify(this.storedAt(index)) === text) return index;
    return -1;
  }

  private toRuntime(stored: Json, index: number): unknown {
    if (this.element.identity || stored === null) return stored;
    return this.holdsContainers ? this.bindItem(this.element, stored, index) : this.decode(this.element, stored, index);
  }

  private containerOf(item: unknown): Container | undefined {
    return this.holdsContainers && item !== null ? (item as { [CONTAINER]?: Container })[CONTAINER] : undefined;
  }

  private detachItems(start: number, end: number): void {
    if (!this.holdsContainers) return;
    for (let index = start; index < end; index += 1) this.containerOf(this.items[index])?.detach();
  }
}
