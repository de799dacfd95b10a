import { finish, type Fault, type Run, type Scenario } from './explore';
import { SimulatedClient } from './simulated-client';
import type { SimulatedServer } from './simulated-server';
import { processNow, type VirtualClock } from './virtual-clock';
import { World } from './world';

/** A section under a lock: it reads a text, works, and writes the text with its own name appended. */
export interface Section {
  /** Its first letter names the process in which it runs. */
  readonly name: string;
  readonly ttlMs?: number;
  readonly waitMs?: number;
  readonly workMs?: number;
  /** Its signal may abort while it waits. */
  readonly aborts?: boolean;
  /** It only reads. */
  readonly shared?: boolean;
  readonly path?: string;
  /** It saves with the step that frees the lock. */
  readonly savesAtEnd?: boolean;
}

export interface Held {
  readonly signal: AbortSignal;
  readonly fence: number;
}

export interface Text {
  read(): Promise<string> | string;
  write(text: string): Promise<unknown> | undefined;
}

type Work = (held: Held, text: Text) => Promise<void>;

/** A process, as far as the library knows: it has a connection of its own. */
export interface Process {
  run(section: Section, signal: AbortSignal | undefined, work: Work): Promise<unknown>;
  close(): Promise<unknown>;
}

/** What is locked, and how. */
export interface Subject {
  arrange(server: SimulatedServer): void;
  open(client: SimulatedClient): Promise<Process>;
  exclude(one: Section, other: Section): boolean;
  /** The texts that are stored now. */
  stored(server: SimulatedServer): string[];
  /** What is still locked, or waited for. */
  left(server: SimulatedServer): string[];
  /** Takes all locks away. */
  lose(server: SimulatedServer): void;
}

export type FaultKind = 'cuts' | 'long cuts' | 'pauses' | 'losses' | 'scripts forgotten';

interface Told extends Section {
  state: 'outside' | 'inside' | 'over';
  /** How its write ended; how the section ended if it made no write of its own. */
  code: string;
  wasLost: boolean;
  fence: number;
  held: Held | undefined;
}

/** How often a mark may be stored, by the reported outcome of its write. */
const TIMES: Record<string, readonly number[]> = { done: [1], OUTCOME_UNKNOWN: [0, 1] };

/** Waiters that are woken together ask again within this time. */
const MOMENT_MS = 20;

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? String(error);

export function sections(subject: Subject, plans: readonly Section[], kinds: readonly FaultKind[] = []): Scenario {
  return async (clock) => new Simulation(subject, clock, plans).start(kinds);
}

class Simulation {
  private readonly world: World;
  private readonly told: Told[];
  private readonly clients: SimulatedClient[];
  private readonly processes = new Map<string, Process>();
  private wrong: string | undefined = undefined;
  /** Something was slow, or lost. */
  private isDisturbed = false;
  private isLost = false;

  constructor(
    private readonly subject: Subject,
    private readonly clock: VirtualClock,
    plans: readonly Section[],
  ) {
    this.world = new World(clock);
    this.told = plans.map((plan) => ({ ...plan, state: 'outside', code: '', wasLost: false, fence: 0, held: undefined }));
    const names = new Set(plans.map(({ name }) => name.charAt(0)));
    this.clients = [...names].map((name) => new SimulatedClient(this.world, name));
  }

  async start(kinds: readonly FaultKind[]): Promise<Run> {
    const { world, subject, clients, told } = this;
    subject.arrange(world.server);
    world.server.onMessage((channel, message) => clients.forEach(({ subscriber }) => subscriber?.publish(channel, message)));
    for (const client of clients) this.processes.set(client.name, await subject.open(client));
    const aborts = told.flatMap((one) => this.queueStart(one));
    return {
      world,
      faults: [...aborts, ...kinds.flatMap((kind) => this.faultsOf(kind))],
      isOver: () => told.every(({ state }) => state === 'over'),
      noteDelay: (ms) => {
        this.isDisturbed ||= ms > MOMENT_MS;
      },
      wrongNow: () => this.wrongNow(),
      wrongAtEnd: () => this.wrongAtEnd(),
      close: () => Promise.all([...this.processes.values()].map((process) => process.close())),
    };
  }

  /** Queues the start of a section; returns the fault that aborts its signal, if it has one. */
  private queueStart(one: Told): Fault[] {
    const owner = one.name.charAt(0);
    const process = this.processes.get(owner) as Process;
    const aborting = new AbortController();
    const signal = one.aborts === true ? aborting.signal : undefined;
    const work: Work = (held, text) => this.inside(one, held, text);
    const start = (): void => this.begin(one, process.run(one, signal, work));
    processNow.run(owner, () => this.world.queue(`start of ${one.name}`, `${one.name} starts`, start));
    if (signal === undefined) return [];
    const abort = (): void => aborting.abort(new Error('enough'));
    return [{ label: `${one.name} aborts`, isPossible: () => one.state === 'outside', happen: abort }];
  }

  private begin(one: Told, running: Promise<unknown>): void {
    const end = (code: string): void => {
      one.state = 'over';
      one.held = undefined;
      one.code ||= code;
      one.wasLost ||= code === 'LOCK_LOST';
    };
    running.then(
      () => end('done'),
      (error: unknown) => end(codeOf(error)),
    );
  }

  private async inside(one: Told, held: Held, text: Text): Promise<void> {
    const others = this.told.filter((other) => other.held?.signal.aborted === false && this.subject.exclude(one, other));
    if (held.signal.aborted) this.wrong ??= `${one.name} begins under a lock that is known to be lost`;
    else if (others.length > 0 && !this.isLost)
      this.wrong ??= `${one.name} is inside together with ${others.map(({ name }) => name).join()}`;
    Object.assign(one, { state: 'inside', held, fence: held.fence });
    try {
      const before = await text.read();
      await this.world.step(`${one.name} works`);
      if (one.workMs !== undefined) await new Promise((resolve) => setTimeout(resolve, one.workMs));
      if (one.shared !== true) await this.write(one, () => text.write(`${before}<${one.name}>`));
    } finally {
      one.held = undefined;
    }
  }

  private async write(one: Told, write: () => Promise<unknown> | undefined): Promise<void> {
    try {
      const written = write();
      await written;
      if (written !== undefined) one.code = 'done';
    } catch (error) {
      one.code = codeOf(error);
      throw error;
    }
  }

  private faultsOf(kind: FaultKind): Fault[] {
    const { world, clock, clients } = this;
    const disturb = (label: string, happen: () => void): Fault => ({
      label,
      isPossible: () => true,
      happen: () => {
        this.isDisturbed = true;
        happen();
      },
    });
    if (kind === 'losses') return [disturb('all locks are lost', () => this.lose())];
    if (kind === 'scripts forgotten')
      return [{ ...disturb('', () => undefined), label: kind, happen: () => world.server.run('SCRIPT', 'FLUSH') }];
    if (kind === 'pauses') return clients.map(({ name }) => disturb(`${name} is paused`, () => clock.pause(name, 1_100)));
    return clients.flatMap((client) => [
      disturb(`${client.name} is cut off`, () => client.cut(kind === 'cuts' ? 1 : 1_200)),
      disturb(`${client.name} misses messages`, () => client.subscriber?.cut()),
    ]);
  }

  /** As after a failover: a holder of a lock finds out when it writes. */
  private lose(): void {
    this.isLost = true;
    this.subject.lose(this.world.server);
  }

  private wrongNow(): string | undefined {
    const { told, world, clock } = this;
    if (this.wrong !== undefined || this.isDisturbed || world.possible().length > 0) return this.wrong;
    const idleMs = clock.idleMs ?? Infinity;
    const waiting = told.filter(({ state }) => state === 'outside').map(({ name }) => name);
    if (idleMs <= MOMENT_MS || waiting.length === 0 || told.some(({ state }) => state === 'inside')) return undefined;
    return `${waiting.join()} would wait ${Math.ceil(idleMs)} ms for a lock that nobody holds`;
  }

  private async wrongAtEnd(): Promise<string | undefined> {
    const { told, subject, world } = this;
    const texts = subject.stored(world.server);
    for (const { name, shared, code } of told) {
      const times = texts.join().split(`<${name}>`).length - 1;
      if (!(shared === true ? [0] : (TIMES[code] ?? [0])).includes(times))
        return `${name} ended with ${code}, and is there ${times} times: ${texts.join()}`;
    }
    for (const text of texts) {
      const fences = [...text.matchAll(/<(.*?)>/g)].map(([, name]) => told.find((one) => one.name === name)?.fence ?? 0);
      if (fences.some((fence, at) => at > 0 && fence <= (fences[at - 1] as number)))
        return `the fences of ${text} do not grow: ${fences.join()}`;
    }
    // Let everything end that is under way or is sent again.
    await finish(world, this.isDisturbed ? new Promise((resolve) => setTimeout(resolve, 3_000)) : untilIdle(world));
    // A lock that was lost may be left until its lease ends.
    const left = told.some((one) => one.wasLost) ? [] : subject.left(world.server);
    return left.length > 0 ? `left behind: ${left.join()}` : undefined;
  }
}

async function untilIdle(world: World): Promise<void> {
  while (world.possible().length > 0) await new Promise((resolve) => setImmediate(resolve));
}
