import { RedatomError, type ErrorFacts } from './base';

/** What is stored at a node of a tree is not what the verb works on; nothing was written. */
export class TreeTypeError extends RedatomError {
  override readonly code = 'TREE_TYPE';

  constructor(
    readonly expected: string,
    readonly found: string,
    facts: ErrorFacts,
  ) {
    super(`${facts.command} at "${facts.path}" of ${JSON.stringify(facts.key)} needs ${expected}, found ${found}`, facts);
  }
}

/** What was given is not a path of a tree. Nothing was sent. */
export class TreePathError extends RedatomError {
  override readonly code = 'TREE_PATH';

  constructor(reason: string, found: string) {
    super(`a path of a tree ${reason}, found ${found}`, { path: found });
  }
}
