import { isContainer, setMember, type Codec, type Json, type JsonObject } from '../codec/codec';
import { Container, CONTAINER, type Placement } from './container';

/** Local state of a dict. Values are decoded when they are first read. */
export class DictState extends Container {
  readonly hasPositions = false;
  readonly element: Codec;
  private readonly holdsContainers: boolean;
  /** Stored values by name. Containers keep the truth themselves once they exist. */
  private stored: JsonObject = {};
  private readonly runtime = new Map<string, unknown>();

  constructor(
    readonly codec: Codec,
    stored: Json,
    placement: Placement,
  ) {
    super(placement);
    this.element = codec.element as Codec;
    this.holdsContainers = isContainer(this.element);
    this.stored = stored as JsonObject;
  }

  reset(stored: Json): void {
    for (const value of this.runtime.values()) this.containerOf(value)?.detach();
    this.runtime.clear();
    this.stored = stored as JsonObject;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.stored, name);
  }

  names(): string[] {
    return Object.keys(this.stored);
  }

  read(name: string): unknown {
    if (!this.has(name)) return undefined;
    const stored = this.stored[name] as Json;
    if (this.element.identity || stored === null) return stored;
    let value = this.runtime.get(name);
    if (value === undefined) {
      value = this.holdsContainers ? this.bindItem(this.element, stored, name) : this.decode(this.element, stored, name);
      this.runtime.set(name, value);
    }
    return value;
  }

  put(name: string, stored: Json): void {
    this.release(name);
    setMember(this.stored, name, stored);
  }

  drop(name: string): void {
    this.release(name);
    Reflect.deleteProperty(this.stored, name);
  }

  storedAt(name: string): Json {
    const container = this.containerOf(this.runtime.get(name));
    return container === undefined ? (this.stored[name] as Json) : container.toStored();
  }

  toStored(): JsonObject {
    const out: JsonObject = {};
    for (const name of this.names()) setMember(out, name, this.storedAt(name));
    return out;
  }

  toPlain(): unknown {
    return this.codec.decode(this.toStored());
  }

  snapshot(): () => void {
    const stored = { ...this.stored };
    const runtime = [...this.runtime];
    return () => {
      this.reset(stored);
      for (const [name, value] of runtime) {
        this.containerOf(value)?.attach();
        this.runtime.set(name, value);
      }
    };
  }

  identity(): undefined {
    return undefined;
  }

  private release(name: string): void {
    this.containerOf(this.runtime.get(name))?.detach();
    this.runtime.delete(name);
  }

  private containerOf(value: unknown): Container | undefined {
    return this.holdsContainers && value !== undefined && value !== null ? (value as { [CONTAINER]?: Container })[CONTAINER] : undefined;
  }
}
