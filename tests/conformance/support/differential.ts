import { startEmbeddedRedis, type EmbeddedRedis } from '../../../src/testing';
import { startServer, type Server } from '../../support/servers';
import { explain } from './compare';
import { isRefusal } from './compare-search';
import { ConnectionLost, showReply, WireConnection, type WireReply } from './wire';

export type Request = readonly string[];

/** A request that the two servers answer differently. */
export interface Difference {
  readonly requests: readonly Request[];
  readonly index: number;
  readonly real: string;
  readonly embedded: string;
}

interface Answers {
  readonly replies: readonly WireReply[];
  /** The request at which the server died, if it did. */
  readonly diedAt: number | undefined;
}

interface Pair {
  readonly request: Request;
  readonly first: WireReply;
  readonly second: WireReply;
}

/** The replies inside an EXEC with the requests they answer. */
function pairsOf(queue: readonly Request[], first: WireReply, second: WireReply): Pair[] {
  if (!('items' in first) || !('items' in second) || first.items.length !== queue.length || second.items.length !== queue.length) {
    return [{ request: ['EXEC'], first, second }];
  }
  return queue.map((request, index) => ({ request, first: first.items[index] as WireReply, second: second.items[index] as WireReply }));
}

/** A real server and the embedded one, which are sent the same requests. */
export class Differential {
  commands = 0;
  crashes = 0;
  readonly explained = new Map<string, number>();
  /** Whether the embedded server may refuse a query that it does not support, and the real one answer it. */
  mayRefuse = false;

  private constructor(
    private readonly realServer: Server,
    private readonly embeddedServer: EmbeddedRedis,
  ) {}

  static async start(): Promise<Differential> {
    return new Differential(await startServer({ flavour: 'redis-stack' }), await startEmbeddedRedis());
  }

  async stop(): Promise<void> {
    await this.embeddedServer.close();
    await this.realServer.stop();
  }

  /** Sends the requests to both servers, each time on new connections; resolves to the first difference, if any. */
  async run(requests: readonly Request[]): Promise<Difference | undefined> {
    this.commands += requests.length;
    const [real, embedded] = await Promise.all([this.askReal(requests), this.ask(this.embeddedServer.port, requests)]);
    const shared = Math.min(real.replies.length, embedded.replies.length);
    let queue: Request[] = [];
    for (let index = 0; index < shared; index += 1) {
      const request = requests[index] as Request;
      const [first, second] = [real.replies[index] as WireReply, embedded.replies[index] as WireReply];
      if (showReply(first) === '+"QUEUED"') queue.push(request);
      const pairs = request[0] === 'EXEC' ? pairsOf(queue, first, second) : [{ request, first, second }];
      if (request[0] === 'EXEC' || request[0] === 'DISCARD') queue = [];
      if (pairs.some((pair) => this.reasonOf(pair) === undefined))
        return { requests, index, real: showReply(first), embedded: showReply(second) };
    }
    return this.compareEnds(requests, real, embedded);
  }

  /** Leaves out requests that are not needed for the difference; the first two, which clear the server and choose the protocol, stay. */
  async shrink(difference: Difference): Promise<Difference> {
    let smallest: Difference = { ...difference, requests: difference.requests.slice(0, difference.index + 1) };
    for (let size = Math.ceil(smallest.requests.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let start = 2; start < smallest.requests.length - 1;) {
        const end = Math.min(start + size, smallest.requests.length - 1);
        const found = await this.run([...smallest.requests.slice(0, start), ...smallest.requests.slice(end)]);
        if (found === undefined) start += size;
        else smallest = { ...found, requests: found.requests.slice(0, found.index + 1) };
      }
    }
    return smallest;
  }

  private reasonOf({ request, first, second }: Pair): string | undefined {
    const reason = explain(request, first, second) ?? (this.mayRefuse && isRefusal(second) ? 'is refused by name' : undefined);
    if (reason !== undefined && reason !== 'equal') this.explained.set(reason, (this.explained.get(reason) ?? 0) + 1);
    return reason;
  }

  private compareEnds(requests: readonly Request[], real: Answers, embedded: Answers): Difference | undefined {
    if (real.diedAt === undefined) return undefined;
    const reply = embedded.replies[real.diedAt];
    // Where the real server dies, the embedded one must answer with an error.
    if (reply === undefined || reply.type === '-' || /"-|\[-| -/.test(` ${showReply(reply)}`)) return undefined;
    return { requests, index: real.diedAt, real: 'the server died', embedded: showReply(reply) };
  }

  private async askReal(requests: readonly Request[]): Promise<Answers> {
    const connection = await WireConnection.open(this.realServer.port);
    try {
      return { replies: await connection.exchange(requests), diedAt: undefined };
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      this.crashes += 1;
      await this.realServer.restart();
      return await this.askOneByOne(requests);
    } finally {
      connection.close();
    }
  }

  /** Replies under way are lost when a server dies, so the requests are sent one by one to find the one that kills it. */
  private async askOneByOne(requests: readonly Request[]): Promise<Answers> {
    const connection = await WireConnection.open(this.realServer.port);
    const replies: WireReply[] = [];
    try {
      for (const request of requests) replies.push(...(await connection.exchange([request])));
      return { replies, diedAt: undefined };
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      await this.realServer.restart();
      return { replies, diedAt: replies.length };
    } finally {
      connection.close();
    }
  }

  private async ask(port: number, requests: readonly Request[]): Promise<Answers> {
    const connection = await WireConnection.open(port);
    try {
      return { replies: await connection.exchange(requests), diedAt: undefined };
    } finally {
      connection.close();
    }
  }
}

export function showDifference({ requests, index, real, embedded }: Difference): string {
  const shown = requests.slice(0, index + 1).map((request) => `  ${JSON.stringify(request)}`);
  let start = 0;
  while (start < real.length && real[start] === embedded[start]) start += 1;
  const from = Math.max(start - 60, 0);
  return `${shown.join('\n')}\n  real:     ${real.slice(from)}\n  embedded: ${embedded.slice(from)}`;
}
