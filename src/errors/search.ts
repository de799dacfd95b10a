import { RedatomError, type ErrorFacts } from './base';

/** The server has no index for the fields that the class marks now: it was not made yet, was dropped, or the class has changed. */
export class IndexNotFoundError extends RedatomError {
  override readonly code = 'INDEX_NOT_FOUND';

  constructor(facts: ErrorFacts) {
    super(
      `the server has no index for the fields that ${facts.model} marks with @Index(); ` +
        `await ${facts.model}.createIndex() when the program starts, and after FLUSHDB or FLUSHALL`,
      facts,
    );
  }
}

/** Documents cannot be found by their fields here: the server has no search commands, the connection is to a cluster, or to another database than 0. */
export class SearchUnavailableError extends RedatomError {
  override readonly code = 'SEARCH_UNAVAILABLE';
}
