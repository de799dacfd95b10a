import { JsonDocument } from '../../json/document';
import type { IndexDefinition } from '../../search/definition';
import { fieldValuesOf, UnindexableError } from '../../search/field-values';
import type { Entry } from '../../search/match';
import type { Context } from '../command';

/** A document that an index covers. */
export interface IndexedDocument {
  readonly key: string;
  readonly document: JsonDocument;
  readonly entry: Entry;
}

/** A document that an index would cover if all its values were of the right types. */
interface LeftOut {
  readonly key: string;
  readonly why: string;
}

export interface Coverage {
  readonly documents: readonly IndexedDocument[];
  readonly leftOut: readonly LeftOut[];
}

/** The documents that an index covers now. Only documents of database 0 are covered. */
export function coverageOf({ server }: Context, { prefixes, attributes }: IndexDefinition): Coverage {
  const database = server.database(0);
  const documents: IndexedDocument[] = [];
  const leftOut: LeftOut[] = [];
  for (const key of database.keys()) {
    const document = prefixes.some((prefix) => key.startsWith(prefix)) ? database.get(key) : undefined;
    if (!(document instanceof JsonDocument)) continue;
    try {
      const entry = new Map([...attributes].map(([name, attribute]) => [name, fieldValuesOf(document.root, attribute)] as const));
      documents.push({ key, document, entry });
    } catch (error) {
      if (!(error instanceof UnindexableError)) throw error;
      leftOut.push({ key, why: error.message });
    }
  }
  return { documents, leftOut };
}
