import type { RedatomError } from '../errors/base';
import type { DocumentRead, Request } from './request';
import { promised } from '../async/promised';
import { isServerAnswer } from './outcomes/reply-errors';

/** The most documents that one command reads: even the first is available only when all of them are. */
const MAX_KEYS = 64;

interface Asked {
  readonly read: DocumentRead;
  /** Takes the text synchronously, so that answers are handled in the order in which they arrived. */
  readonly take: (document: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** How requests are sent. */
interface Door {
  /** Whether requests are written as soon as they are sent. */
  isReady(): boolean;
  execute<R>(request: Request, decode: (reply: unknown) => R): Promise<R>;
  /** The error for a request that the client has just rejected. */
  failureOf(request: Request, cause: unknown): RedatomError;
}

/** The request for one document. */
export function readRequest({ key, model, purpose }: DocumentRead, onFailure?: () => void): Request {
  return { args: ['JSON.GET', key], key, write: false, model, purpose, onFailure };
}

/**
 * Documents requested while another read is in flight share one JSON.MGET per turn of the event loop. So no read waits for others to join, and a
 * single read stays a plain JSON.GET.
 */
export class GatheredReads {
  private asked: Asked[] = [];
  private underWay = 0;
  private readonly noteFailure = (): void => {
    this.underWay -= 1;
  };

  constructor(private readonly door: Door) {}

  /** The text of a document, as the server replies with it. */
  read<R>(read: DocumentRead, decode: (document: unknown) => R): Promise<R> {
    if (this.underWay === 0) return this.send(readRequest(read, this.noteFailure), decode);
    return new Promise((resolve, reject) => {
      // Runs after everything that is ready to run, and before anything is written.
      if (this.asked.length === 0) process.nextTick(() => this.flush());
      const asked: Asked = {
        read,
        take: (document) => {
          try {
            resolve(decode(document));
          } catch (error) {
            asked.reject(error);
          }
        },
        reject,
      };
      this.asked.push(asked);
      if (this.asked.length === MAX_KEYS) this.flush();
    });
  }

  /** Sends the gathered reads. Called before anything else is sent, so that requests keep their order. */
  flush(): void {
    if (this.asked.length === 0) return;
    const { asked } = this;
    this.asked = [];
    if (asked.length > 1 && this.door.isReady()) this.readTogether(asked);
    else for (const one of asked) this.readAlone(one);
  }

  private readAlone({ read, take, reject }: Asked): void {
    promised(() => this.send(readRequest(read, this.noteFailure), take)).catch(reject);
  }

  private readTogether(asked: readonly Asked[]): void {
    const keys = asked.map(({ read }) => read.key);
    const take = (documents: unknown): void => {
      asked.forEach((one, position) => {
        const document = (documents as unknown[])[position];
        if (typeof document === 'string') one.take(document);
        else this.tellAbsent(one);
      });
    };
    this.sendFor(['JSON.MGET', ...keys, '.'], asked, take);
  }

  /** The key held no document: it was missing, or is of another type. A document found there by now was created later. */
  private tellAbsent(one: Asked): void {
    this.sendFor(['TYPE', one.read.key], [one], (type) => {
      if (type === 'none' || type === 'ReJSON-RL') one.take(null);
      // Only JSON.GET says what is wrong.
      else this.readAlone(one);
    });
  }

  private sendFor(args: readonly string[], asked: readonly Asked[], take: (reply: unknown) => void): void {
    const request = { args, key: asked[0]?.read.key, write: false, onFailure: this.noteFailure };
    promised(() => this.send(request, take)).catch(({ cause }: RedatomError) => {
      for (const one of asked) {
        if (isServerAnswer(cause)) this.readAlone(one);
        else one.reject(this.door.failureOf(readRequest(one.read), cause));
      }
    });
  }

  private send<R>(request: Request, decode: (reply: unknown) => R): Promise<R> {
    this.underWay += 1;
    return this.door.execute(request, (reply) => {
      this.underWay -= 1;
      return decode(reply);
    });
  }
}
