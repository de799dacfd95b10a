import { RedatomError } from 'redatom';

/** The error that `work` fails with, which has to be one of redatom's. */
export async function failureOf(work: () => Promise<unknown>): Promise<RedatomError> {
  const error = await work().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RedatomError)) throw new Error(`expected one of redatom's errors, got ${String(error)}`, { cause: error });
  return error;
}

/** The fields of an error that say what it is about. */
export function factsOf({ code, model, key, path, command }: RedatomError): object {
  return { code, model, key, path, command };
}
