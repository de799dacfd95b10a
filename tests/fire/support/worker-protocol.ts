/** What a test tells a worker process. */
export type ToWorker = { type: 'begin'; task: string; params: unknown } | { type: 'cue'; name: string };

/** What a worker process tells the test. */
export type FromWorker =
  | { type: 'ready' }
  | { type: 'report'; name: string; value: unknown }
  | { type: 'done'; value: unknown }
  | { type: 'failed'; name: string; message: string; code: string | undefined };

/** How a task speaks with the test that began it. */
export interface Conversation {
  report(name: string, value?: unknown): void;
  /** Resolves when the test gives the cue. */
  cue(name: string): Promise<void>;
}

export type Task = (params: never, conversation: Conversation) => Promise<unknown>;
