import { isContainer, type Codec } from '../codec/codec';
import { Container, CONTAINER, type Placement } from './container';

/** Local state of a list or a dict: values of one type. */
export abstract class Collection extends Container {
  declare readonly codec: Codec;

  constructor(codec: Codec, placement: Placement) {
    super(placement);
    this.codec = codec;
  }

  get element(): Codec {
    return this.codec.element as Codec;
  }

  codecAt(): Codec {
    return this.element;
  }

  protected get holdsContainers(): boolean {
    return isContainer(this.element);
  }

  protected containerOf(value: unknown): Container | undefined {
    return this.holdsContainers && value !== undefined && value !== null ? (value as { [CONTAINER]?: Container })[CONTAINER] : undefined;
  }

  check(stored: unknown): void {
    this.codec.check(stored);
  }

  /** Detached plain values. */
  toPlain(): unknown {
    return this.decode(this.codec, this.toStored());
  }
}
