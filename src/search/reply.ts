/** A map of a reply, which RESP2 knows as names and values in turns. */
function members(reply: unknown): Record<string, unknown> {
  if (!Array.isArray(reply)) return (reply ?? {}) as Record<string, unknown>;
  const entries = reply.flatMap((name: unknown, at) => (at % 2 === 0 ? [[name, reply[at + 1]]] : []));
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** What a search found. */
export interface SearchReply {
  /** How many documents there are, of which these may be some. */
  readonly total: number;
  /** Keys and texts. */
  readonly documents: readonly { readonly key: string; readonly json: string }[];
  /** Why documents are missing, in the words of the server; undefined where none are, and in RESP2, which has no place for it. */
  readonly warning: string | undefined;
}

interface Found {
  readonly id: string;
  readonly extra_attributes?: unknown;
}

/** A document that ended while it was found has no text, and is left out. */
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
 * Why documents are missing that were asked for; undefined where none are.
 *
 * @param most - How many there can be in a reply, where all were asked for.
 */
export function whatIsMissing({ total, warning }: SearchReply, { most = Infinity }: { most: number | undefined }): string | undefined {
  return warning ?? (total > most ? `${total} match, and one reply has at most ${most}; give a limit` : undefined);
}

function documentOf(key: string, attributes: unknown): { key: string; json: string }[] {
  const { $: json } = members(attributes);
  return typeof json === 'string' ? [{ key, json }] : [];
}

/** What is known of an index. */
export interface IndexState {
  /** Its name on the server. */
  readonly name: string;
  /** How many documents it has. */
  readonly documents: number;
  /** How often a document could not be put into it since it was made, because a value does not fit the type of its field. It is never found then. */
  readonly failures: number;
  /** The last of these. */
  readonly lastFailure: { readonly key: string; readonly reason: string } | undefined;
}

/** Reads `FT.INFO`; `isComplete` is false while documents that were there before are being put into the index. */
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
