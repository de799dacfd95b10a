interface WithCommandOptions {
  readonly options?: { readonly commandOptions?: unknown } | undefined;
  withCommandOptions?: (this: unknown, options: object) => unknown;
}

const known = new WeakMap<object, object>();

/** node-redis arms a timer for each command, which costs two thirds of the throughput of small ones. What the user set is kept. */
export function withoutDefaultTimeout<T extends object>(client: T): T {
  let bare = known.get(client);
  if (bare === undefined) {
    const { options, withCommandOptions } = client as T & WithCommandOptions;
    const isPlain = options?.commandOptions === undefined && withCommandOptions !== undefined;
    bare = isPlain ? (withCommandOptions.call(client, { timeout: undefined }) as object) : client;
    known.set(client, bare);
  }
  return bare as T;
}
