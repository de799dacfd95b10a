import { RedatomError, type ErrorFacts } from './base';

/** The document, or the path in it, does not exist. */
export class KeyNotFoundError extends RedatomError {
  override readonly code = 'KEY_NOT_FOUND';

  constructor(facts: ErrorFacts, message = nothingAt(facts)) {
    super(message, facts);
  }
}

function nothingAt({ key, path }: ErrorFacts): string {
  const quoted = JSON.stringify(key);
  return path === undefined || path === '$' ? `no document is stored under ${quoted}` : `document ${quoted} has nothing at ${path}`;
}

/** A document is stored under the key already, or two that are to be stored have the same one; nothing was written. */
export class KeyExistsError extends RedatomError {
  override readonly code = 'KEY_EXISTS';

  constructor(
    facts: ErrorFacts,
    message = `${JSON.stringify(facts.key)} exists already; use save() to overwrite it or getOrCreate() to accept it`,
  ) {
    super(message, facts);
  }
}

/** What is stored at a path is not what the verb works on; nothing was written. */
export class PathMismatchError extends RedatomError {
  override readonly code = 'PATH_MISMATCH';

  constructor(
    readonly expected: string,
    readonly found: string,
    facts: ErrorFacts,
  ) {
    const place = facts.path === undefined || facts.path === '$' ? '' : ` at ${facts.path}`;
    super(`${facts.command ?? 'the verb'} on ${JSON.stringify(facts.key)}${place} needs ${expected}, found ${found}`, facts);
  }
}

/** An item of a list is no longer at the position where it was read; nothing was written. */
export class StaleItemError extends RedatomError {
  override readonly code = 'STALE_ITEM';

  constructor(
    facts: ErrorFacts,
    message = `the item at ${facts.path} of ${JSON.stringify(facts.key)} is not the one that was read; load() the document and look it up again`,
  ) {
    super(message, facts);
  }
}

/** A verb of whole documents was called on a nested model. */
export class NestedModelError extends RedatomError {
  override readonly code = 'NESTED_MODEL';

  constructor(verb: string, facts: ErrorFacts) {
    super(`${facts.model}.${verb}() works on whole documents; this one is nested at ${facts.path} of ${JSON.stringify(facts.key)}`, {
      ...facts,
      command: verb,
    });
  }
}

/** `apopItem` found an empty dict. */
export class EmptyDictError extends RedatomError {
  override readonly code = 'EMPTY_DICT';

  constructor(facts: ErrorFacts) {
    super(`the dict at ${facts.path} of ${JSON.stringify(facts.key)} is empty`, facts);
  }
}
