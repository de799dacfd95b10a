import type { NamesOf } from '../../input/options';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChainOptions, NodeClient } from '../node-redis/client-shapes';
import type { Protocol } from '../commands/recorded-command';
import { isConnectionFailure, MAX_ROUNDS, pauseMs, redirectionOf, type Redirection } from './redirection';
import { isPassing, wasNeverWritten } from '../outcomes/reply-errors';
import { onAbort } from '../../async/on-abort';
import { isAborted } from '../../async/run-within';
import type { Part, Plan } from './route';
import type { Servers } from '../clients/servers';
import { failureIn } from '../outcomes/client-errors';
import { fateOf, ON_ITS_WAY, PENDING } from './outcomes';
import { UnsentTogether } from '../outcomes/unsent';

/** Which commands may be sent a second time. */
export interface RetryStrategy {
  /** Send commands again that a server could not run for the moment: TRYAGAIN, CLUSTERDOWN, LOADING. May change the order within a slot. Default false. */
  readonly retryServerError?: boolean | undefined;
  /** Send commands again that had no reply when their connection broke. **A write may be applied twice.** Default false. */
  readonly retryConnectionError?: boolean | undefined;
}

export const RETRY_STRATEGY = { retryServerError: 'boolean', retryConnectionError: 'boolean' } satisfies NamesOf<RetryStrategy>;

/** Sends the parts of a plan, those of each server together, and follows redirections. Errors take the place of replies. */
export class PipelineRun {
  readonly replies: unknown[];
  protocol: Protocol = 3;

  constructor(
    private readonly servers: Servers,
    readonly plan: Plan,
    private readonly retry: RetryStrategy,
  ) {
    this.replies = plan.parts.map(({ refusal }) => refusal ?? PENDING);
  }

  async run(unsent: AbortSignal | undefined): Promise<void> {
    let open = [...this.plan.parts.keys()].filter((at) => this.replies[at] === PENDING);
    for (let round = 0; open.length > 0; round += 1) {
      await this.send(open, unsent);
      if (isAborted(unsent) || round === MAX_ROUNDS) return;
      open = open.filter((at) => this.isToRepeat(at));
      if (open.length > 0) await this.prepare(open, round);
      if (isAborted(unsent)) return;
    }
  }

  /** Records what is known when the time is over. Returns whether anything had yet to be sent or answered. */
  settle(cause: unknown): boolean {
    const isCutShort = this.replies.some((reply, at) => reply === PENDING || reply === ON_ITS_WAY || this.isToRepeat(at));
    this.plan.parts.forEach((part, at) => {
      const isSent = this.replies[at] === ON_ITS_WAY;
      if (isSent || this.replies[at] === PENDING) this.replies[at] = fateOf(part, cause, { isSent });
    });
    return isCutShort;
  }

  private redirectionAt(at: number): Redirection | undefined {
    return this.servers.hasSlots ? redirectionOf(this.replies[at]) : undefined;
  }

  private isToRepeat(at: number): boolean {
    const reply = this.replies[at];
    if (this.redirectionAt(at) !== undefined) return true;
    if (isPassing(reply, this.plan.parts[at])) return this.retry.retryServerError === true;
    return this.retry.retryConnectionError === true && isConnectionFailure(reply);
  }

  /** Refreshes the slot map once for all moved slots. */
  private async prepare(open: readonly number[], round: number): Promise<void> {
    await sleep(pauseMs(round));
    const moved = open.find((at) => this.redirectionAt(at)?.kind !== 'ASK');
    if (moved !== undefined) await this.servers.refresh((this.plan.parts[moved] as Part).routingKey);
  }

  private async send(open: readonly number[], unsent: AbortSignal | undefined): Promise<void> {
    const clients: (NodeClient | undefined)[] = [];
    for (const at of open) {
      const client = this.clientFor(at);
      clients.push(client instanceof Promise ? await client : client);
    }
    if (isAborted(unsent)) return;
    this.protocol = clients.find((client) => client !== undefined)?.options?.RESP ?? 3;
    const together = unsent && new UnsentTogether();
    const stopListening = unsent && onAbort(unsent, () => together?.abort());
    await new Promise<void>((resolve) => {
      let missing = open.length;
      const arrived = (at: number, reply: unknown): void => {
        this.replies[at] = reply;
        missing -= 1;
        if (missing === 0) resolve();
      };
      open.forEach((at, position) => {
        const client = clients[position];
        if (client === undefined) arrived(at, this.replies[at]);
        else this.sendOne(client, at, { arrived, together });
      });
    });
    stopListening?.();
  }

  private sendOne(
    client: NodeClient,
    at: number,
    { arrived, together }: { arrived: (at: number, reply: unknown) => void; together: UnsentTogether | undefined },
  ): void {
    const part = this.plan.parts[at] as Part;
    let options: ChainOptions | undefined = together && { abortSignal: together };
    if (this.redirectionAt(at)?.kind === 'ASK') {
      options = { ...options, chainId: Symbol('asking') };
      client.sendCommand(['ASKING'], options).catch(() => undefined);
    }
    const before = this.replies[at];
    // An earlier refusal says nothing about the attempt that is on its way now.
    this.replies[at] = ON_ITS_WAY;
    const silence = this.servers.isReady ? this.servers.silence : undefined;
    const put = (outcome: unknown): void => {
      silence?.settle(outcome);
      arrived(at, wasNeverWritten(outcome) ? whatIsKnown(before, outcome) : outcome);
    };
    part.onSending?.(client);
    const sent = client.sendCommand(part.args, options);
    silence?.begin();
    sent.then(put, (rejection: unknown) => put(failureIn(rejection)));
  }

  /** The client for a part; undefined if there is none, and then the reason takes the place of the reply. */
  private clientFor(at: number): NodeClient | undefined | Promise<NodeClient | undefined> {
    const { slot, server } = this.plan.parts[at] as Part;
    try {
      const redirection = this.redirectionAt(at);
      const client = redirection === undefined ? (server ?? this.servers.ofSlot(slot)) : this.servers.redirected(redirection.address, slot);
      return client instanceof Promise ? client.catch((error: unknown) => this.refuse(at, error)) : client;
    } catch (error) {
      return this.refuse(at, error);
    }
  }

  private refuse(at: number, error: unknown): undefined {
    this.replies[at] = whatIsKnown(this.replies[at], failureIn(error));
  }
}

/** A write that was not sent again may have been applied the first time. */
function whatIsKnown(before: unknown, notSent: unknown): unknown {
  return isConnectionFailure(before) ? before : notSent;
}
