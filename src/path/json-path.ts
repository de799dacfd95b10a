/** One step of a path: a member name or a position in a list. */
export type PathSegment = string | number;

interface Step {
  readonly from: JsonPath;
  readonly segment: PathSegment;
  readonly addressable: boolean;
}

/** Names that mean the same after a dot as in brackets. */
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * A place in a JSON document, as a value.
 *
 * A name that no quoting can carry (a backslash, both kinds of quote, a leading blank, which RedisJSON drops) makes the path not addressable.
 */
export class JsonPath {
  static readonly root = new JsonPath('$', '$');

  private constructor(
    /** All names in brackets, which RedisJSON takes raw: no path begins with the text of another one that it is not below of. */
    readonly text: string,
    /**
     * The same place as it is sent, while `addressable`: plain names after a dot, which takes the server a tenth less of the time of a small command.
     */
    readonly sent: string,
    private readonly step?: Step,
  ) {}

  /** Whether a path can name the place at all. */
  get addressable(): boolean {
    return this.step?.addressable ?? true;
  }

  get parent(): JsonPath | undefined {
    return this.step?.from;
  }

  get segment(): PathSegment | undefined {
    return this.step?.segment;
  }

  member(name: string): JsonPath {
    const quoted = quoteName(name);
    const inBrackets = `[${quoted ?? JSON.stringify(name)}]`;
    const added = PLAIN_NAME.test(name) ? `.${name}` : inBrackets;
    const step = { from: this, segment: name, addressable: this.addressable && quoted !== undefined };
    return new JsonPath(this.text + inBrackets, this.sent + added, step);
  }

  element(index: number): JsonPath {
    const added = `[${index}]`;
    return new JsonPath(this.text + added, this.sent + added, { from: this, segment: index, addressable: this.addressable });
  }

  /** The items of a list from `start` up to but not including `end`, as it is sent. Negative positions count from the end. */
  slice(start: number, end?: number): string {
    return `${this.sent}[${start}:${end ?? ''}]`;
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
  if (name.includes('\\') || name.startsWith(' ')) return undefined;
  if (!name.includes('"')) return `"${name}"`;
  return name.includes("'") ? undefined : `'${name}'`;
}
