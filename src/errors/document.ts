import { RedatomError, type ErrorFacts } from './base';

/** The document, or the path in it, does not exist. */
export class KeyNotFoundError extends RedatomError {
  override readonly code = 'KEY_NOT_FOUND';

  constructor(facts: ErrorFacts, message = nothingAt(facts)) {
    super(message, facts);
  }
}

/** Verbs that are given a key, and that cannot do without a document. */
const BY_KEY: readonly (string | undefined)[] = ['lockFromKey', 'withLockFromKey', 'transact'];

function nothingAt(facts: ErrorFacts): string {
  const { key, path } = facts;
  const quoted = JSON.stringify(key);
  if (path !== undefined && path !== '$') return `document ${quoted} has nothing at ${path}; load() the document to see what it has`;
  return `no document is stored under ${quoted}${wayOut(facts)}`;
}

function wayOut({ model, command }: ErrorFacts): string {
  // Of a key that no model stands for, nobody knows what was to be there.
  if (model === undefined) return '';
  if (command === 'get') return `; ${model}.find() gives null instead, ${model}.create() stores one`;
  if (BY_KEY.includes(command)) return `; ${model}.create() or ${model}.getOrCreate() stores one`;
  // With a version, that of the whole document does not make one again that is gone; that of a part never does.
  const way = command === 'save' ? `${model}.create(document.toObject())` : 'save() of the document';
  return `: it was never stored, was deleted or has expired; ${way} stores it`;
}

/** A document is stored under the key already, or two documents to store have the same key; nothing was written. */
export class KeyExistsError extends RedatomError {
  override readonly code = 'KEY_EXISTS';

  constructor(
    facts: ErrorFacts,
    message = `${JSON.stringify(facts.key)} exists already; a plain save() overwrites it, getOrCreate() accepts it`,
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

/** A verb for whole documents was called on a nested model. */
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
