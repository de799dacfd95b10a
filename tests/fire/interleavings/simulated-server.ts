import { ErrorReply as Refusal } from 'redis';
import { ErrorReply, MapReply, NullArrayReply, StatusReply, type Reply } from '../../../src/embedded/protocol/reply';
import { Dispatcher } from '../../../src/embedded/server/dispatcher';
import { Clock } from '../../../src/embedded/state/clock';
import { PubSub } from '../../../src/embedded/state/pub-sub';
import { ServerState } from '../../../src/embedded/state/server-state';
import { Session } from '../../../src/embedded/state/session';

/** The embedded server without connections: it runs a command when it is told to, and its time is that of this process. */
export class SimulatedServer {
  private readonly pubSub = new PubSub();
  private readonly dispatcher = new Dispatcher(new ServerState({ databases: 1, clock: new Clock(), pubSub: this.pubSub }), undefined);
  private readonly session = new Session({ address: '', localAddress: '', write: () => undefined, close: () => undefined });

  /** Returns the answer, which is an error where the server refuses. */
  run<Answer = unknown>(...args: string[]): Answer {
    return plain(this.dispatcher.dispatch(this.session, args)) as Answer;
  }

  /** Hears what is published on any channel. */
  onMessage(hear: (channel: string, message: string) => void): void {
    this.pubSub.patterns.set('*', new Set([{ deliver: (_kind, [, channel = '', message = '']) => hear(channel, message) }]));
  }
}

/** The reply as a client returns it. */
function plain(reply: Reply): unknown {
  if (reply instanceof StatusReply) return reply.text;
  if (reply instanceof ErrorReply) return new Refusal(reply.text);
  if (reply instanceof NullArrayReply) return null;
  if (reply instanceof MapReply) return reply.entries.flat().map(plain);
  return Array.isArray(reply) ? reply.map(plain) : reply;
}
