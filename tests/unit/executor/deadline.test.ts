import { setTimeout as sleep } from 'node:timers/promises';
import { AbortError, DisconnectsClientError, ErrorReply } from 'redis';
import { sendWithin, type Sender } from '../../../src/executor/outcomes/deadline';
import type { AbortSource } from '../../../src/executor/node-redis/client-shapes';
import { Unsent } from '../../../src/executor/outcomes/unsent';

const AS_IT_IS = {
  decode: (reply: unknown) => reply,
  refuse: (error: unknown): never => {
    throw error;
  },
};

const REQUEST = { args: ['SET', 'k', 'v'], key: 'k', write: true };

describe('a deadline', () => {
  test.each([2 ** 31, 1e15, Infinity])('of %d ms is not over at once, though no timer is as long', async (timeoutMs) => {
    const answerLater = async (): Promise<string> => {
      await sleep(20);
      return 'OK';
    };
    await expect(sendWithin({ send: answerLater }, REQUEST, { limits: { timeoutMs }, ...AS_IT_IS })).resolves.toBe('OK');
  });

  test.each<[string, Sender['send']]>([
    ['answer', () => Promise.resolve('OK')],
    ['failure', () => Promise.reject(new ErrorReply('ERR no'))],
  ])('leaves no timer when the %s comes before', async (_, send) => {
    jest.useFakeTimers();

    await Promise.allSettled([sendWithin({ send }, REQUEST, { limits: { timeoutMs: 1000 }, ...AS_IT_IS })]);

    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  test('takes back what was not written yet, which is then not done', async () => {
    const keepUnwritten: Sender['send'] = (options) =>
      new Promise((__, reject) => options?.abortSignal?.addEventListener('abort', () => reject(new AbortError())));
    await expect(sendWithin({ send: keepUnwritten }, REQUEST, { limits: { timeoutMs: 5 }, ...AS_IT_IS })).rejects.toMatchObject({
      code: 'REDIS_CONNECTION',
    });
  });

  test('leaves the outcome of what was written unknown', async () => {
    const writeAtOnce: Sender['send'] = (options) => {
      options?.abortSignal?.addEventListener('abort', () => undefined);
      return new Promise(() => undefined);
    };
    await expect(sendWithin({ send: writeAtOnce }, REQUEST, { limits: { timeoutMs: 5 }, ...AS_IT_IS })).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
  });

  test.each([
    ['an answer that refuses it', new ErrorReply('ERR no')],
    ['the loss of its connection', new DisconnectsClientError()],
  ])('takes %s for what it is, also in the moment of giving up', async (_, error) => {
    const giveUp = new AbortController();
    const send: Sender['send'] = (options) =>
      new Promise((___, reject) => options?.abortSignal?.addEventListener('abort', () => reject(error)));
    const sent = sendWithin({ send }, REQUEST, { limits: { signal: giveUp.signal }, ...AS_IT_IS });
    giveUp.abort();
    await expect(sent).rejects.toBe(error);
  });

  test.each([
    ['no connection was there for', () => undefined],
    [
      'a server refused, and that waited to be sent again,',
      (unsent: AbortSource | undefined) => {
        unsent?.addEventListener('abort', () => undefined);
        unsent?.removeEventListener('abort', () => undefined);
        unsent?.refused?.(new ErrorReply('TRYAGAIN later'));
      },
    ],
  ])('knows that what %s was not done', async (_, happen) => {
    const send: Sender['send'] = (options) => {
      happen(options?.abortSignal);
      return new Promise(() => undefined);
    };
    await expect(sendWithin({ send }, REQUEST, { limits: { timeoutMs: 5 }, ...AS_IT_IS })).rejects.toMatchObject({
      code: 'REDIS_CONNECTION',
    });
  });
});

describe('Unsent', () => {
  test('tells whoever listens now, and nobody who stopped', () => {
    const told: string[] = [];
    const unsent = new Unsent();
    unsent.addEventListener('abort', () => told.push('written'));
    unsent.removeEventListener();
    unsent.addEventListener('abort', () => told.push('waiting'));
    unsent.abort();
    expect([told, unsent.aborted]).toEqual([['waiting'], true]);
  });

  test('takes nothing back that was written', () => {
    const takeBack = jest.fn();
    const unsent = new Unsent();
    unsent.addEventListener('abort', takeBack);
    unsent.removeEventListener();
    unsent.abort();
    expect(takeBack).not.toHaveBeenCalled();
  });
});
