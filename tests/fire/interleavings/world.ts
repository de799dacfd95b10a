import { processNow, type VirtualClock } from './virtual-clock';
import { SimulatedServer } from './simulated-server';

/** Something that can happen next. */
export interface Happening {
  readonly label: string;
  readonly happen: () => void;
}

/** More than the number of things that ever happen. */
const LATE = 1e6;

interface Queued extends Happening {
  readonly owner: string;
  order: number;
}

/** A server and what is on its way to and from it. In each direction of a connection only the oldest thing can happen; otherwise the order is free. */
export class World {
  readonly server = new SimulatedServer();
  private readonly lanes = new Map<string, Queued[]>();
  private count = 0;

  constructor(readonly clock: VirtualClock) {}

  /** @param lane - `<name>` for what comes to the process `name`; `>name` for what has left it, which goes on while the process is paused. */
  queue(lane: string, label: string, happen: () => void): void {
    const owner = processNow.getStore() ?? '';
    const queue = this.lanes.get(lane) ?? [];
    this.lanes.set(lane, queue);
    const take = (): void => {
      queue.shift();
      if (queue.length === 0) this.lanes.delete(lane);
      processNow.run(owner, happen);
    };
    queue.push({ owner, label, order: (this.count += 1), happen: take });
  }

  /** Loses what is on its way. */
  drop(lane: string): void {
    this.lanes.delete(lane);
  }

  /** A point in a program at which other things may happen first. */
  step(label: string): Promise<void> {
    return new Promise((resolve) => this.queue(label, label, resolve));
  }

  /** What can happen now, the oldest first. */
  possible(): Queued[] {
    const firsts = [...this.lanes].flatMap(([lane, queue]) => {
      const first = queue[0] as Queued;
      if (!lane.startsWith('>') && this.clock.isPaused(first.owner)) return [];
      return [first];
    });
    return firsts.sort((one, other) => one.order - other.order);
  }

  /** What came about before the chosen one waits until nothing else can happen. */
  postponeAllBefore(chosen: Happening): void {
    const possible = this.possible();
    const position = possible.findIndex((one) => one === chosen);
    for (const earlier of possible.slice(0, Math.max(position, 0))) earlier.order += LATE;
  }
}
