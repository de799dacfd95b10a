/** One step of a path: a member name or a position in a list. */
export type PathSegment = string | number;

/**
 * A place in a JSON document, as a value. It is rendered in brackets, because RedisJSON takes bracket names raw.
 *
 * A name that no quoting can carry (a backslash, both kinds of quote, a blank at an end) makes the path not addressable.
 */
export class JsonPath {
  static readonly root = new JsonPath('$', true);

  private constructor(
    /** The path as RedisJSON reads it; only meaningful while `addressable`. */
    readonly text: string,
    readonly addressable: boolean,
    private readonly step?: { readonly from: JsonPath; readonly segment: PathSegment },
  ) {}

  get parent(): JsonPath | undefined {
    return this.step?.from;
  }

  get segment(): PathSegment | undefined {
    return this.step?.segment;
  }

  member(name: string): JsonPath {
    const quoted = quoteName(name);
    if (quoted === undefined) return new JsonPath(`${this.text}[${JSON.stringify(name)}]`, false, { from: this, segment: name });
    return new JsonPath(`${this.text}[${quoted}]`, this.addressable, { from: this, segment: name });
  }

  element(index: number): JsonPath {
    return new JsonPath(`${this.text}[${index}]`, this.addressable, { from: this, segment: index });
  }

  /** Text of a range of list elements, from `start` up to but not including `endExclusive`. */
  slice(start: number, endExclusive: number): string {
    return `${this.text}[${start}:${endExclusive}]`;
  }

  segments(): PathSegment[] {
    const out: PathSegment[] = [];
    this.collectSegments(out);
    return out;
  }

  private collectSegments(into: PathSegment[]): void {
    if (this.parent === undefined) return;
    this.parent.collectSegments(into);
    into.push(this.segment as PathSegment);
  }

  toString(): string {
    return this.text;
  }
}

/** The dotted form of a path for people: `address.city`, `items[2].name`. */
export function dotted(segments: readonly PathSegment[]): string {
  let out = '';
  for (const segment of segments) {
    if (typeof segment === 'number') out += `[${segment}]`;
    else out += out === '' ? segment : `.${segment}`;
  }
  return out;
}

function quoteName(name: string): string | undefined {
  if (name.includes('\\') || /^\s|\s$/.test(name)) return undefined;
  if (!name.includes('"')) return `"${name}"`;
  return name.includes("'") ? undefined : `'${name}'`;
}
