/** A map in a reply; in RESP2 it is an array of alternating names and values. */
function members(reply: unknown): Record<string, unknown> {
  if (!Array.isArray(reply)) return (reply ?? {}) as Record<string, unknown>;
  const entries = reply.flatMap((name: unknown, at) => (at % 2 === 0 ? [[name, reply[at + 1]]] : []));
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** The result of a search. */
export interface SearchReply {
  /** The number of matching documents, of which the reply may contain only some. */
  readonly total: number;
  /** The keys and JSON texts of the documents. */
  readonly documents: readonly { readonly key: string; readonly json: string }[];
  /** Why documents are missing, in the words of the server; undefined if none are, and in RESP2, which has no place for it. */
  readonly warning: string | undefined;
}

interface Found {
  readonly id: string;
  readonly extra_attributes?: unknown;
}

/** Reads the reply of a search. A document that was removed during the search has no text, and is left out. */
export function readSearchReply(reply: unknown): SearchReply {
  if (Array.isArray(reply)) {
    const [total, ...rest] = reply as [number, ...unknown[]];
    return {
      total,
      documents: rest.flatMap((key, at) => (at % 2 === 0 ? documentOf(key as string, rest[at + 1]) : [])),
      warning: undefined,
    };
  }
  const { total_results: total, results = [], warning = [] } = reply as { total_results: number; results?: Found[]; warning?: string[] };
  return { total, documents: results.flatMap((found) => documentOf(found.id, found.extra_attributes)), warning: warning[0] };
}

/**
 * Why requested documents are missing; undefined if none are.
 *
 * @param most - The most documents in one reply, if all were requested.
 */
export function whatIsMissing({ total, warning }: SearchReply, { most = Infinity }: { most: number | undefined }): string | undefined {
  return warning ?? (total > most ? `${total} match, and one reply has at most ${most}; give a limit` : undefined);
}

function documentOf(key: string, attributes: unknown): { key: string; json: string }[] {
  const { $: json } = members(attributes);
  return typeof json === 'string' ? [{ key, json }] : [];
}

/** The state of an index. */
export interface IndexState {
  /** Its name on the server. */
  readonly name: string;
  /** The number of documents in it. */
  readonly documents: number;
  /** How often since its creation a document could not be indexed, because a value does not fit the type of its field. Such a document is never found. */
  readonly failures: number;
  /** The last of these failures. */
  readonly lastFailure: { readonly key: string; readonly reason: string } | undefined;
}

/** Reads the reply of `FT.INFO`; `isComplete` is false while existing documents are still being indexed. */
export function readInfoReply(reply: unknown): IndexState & { readonly isComplete: boolean } {
  const info = members(reply);
  const errors = members(info['Index Errors']);
  const failures = Number(info['hash_indexing_failures']);
  return {
    name: text(info['index_name']),
    documents: Number(info['num_docs']),
    failures,
    lastFailure: failures === 0 ? undefined : { key: text(errors['last indexing error key']), reason: text(errors['last indexing error']) },
    isComplete: Number(info['indexing']) === 0,
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
