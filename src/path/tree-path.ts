import { TreePathError } from '../errors/tree';

/** A place in a tree: dotted text such as `a.b.c`, or its segments, which may contain any characters. */
export type PathLike = string | Iterable<string>;

/** RedisJSON accepts documents of 128 levels, some of which the value below the path needs. */
const MAX_SEGMENTS = 64;

/** Ends a segment in the encoded form of a path, so that a subtree is a range of encoded paths. */
const END = '\u0001';

/** Characters that cannot be used in a name between double quotes in RedisJSON, or between the separators of encoded paths. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['~', '~0'],
  ['\\', '~1'],
  ['"', '~2'],
  [' ', '~3'],
  ['\u0000', '~4'],
  ['\u0001', '~5'],
]);
const UNESCAPES: ReadonlyMap<string, string> = new Map([...ESCAPES].map(([character, escape]) => [escape, character]));

// RedisJSON drops blanks in front of a name, and only there.
// eslint-disable-next-line no-control-regex
const ESCAPED = /^ |[~\\"\u0000\u0001]/g;

/** A name as it is stored. */
export function escapeName(name: string): string {
  // Nearly all names are stored as they are, and testing for that is faster than a replacement without a match.
  return name.search(ESCAPED) === -1 ? name : name.replace(ESCAPED, (character) => ESCAPES.get(character) ?? character);
}

/** The original name of an escaped one. */
export function unescapeName(stored: string): string {
  return stored.includes('~') ? stored.replace(/~[0-5]/g, (escape) => UNESCAPES.get(escape) ?? escape) : stored;
}

/** A path as a value. */
export class TreePath {
  static readonly root = new TreePath([], '');

  private constructor(
    readonly segments: readonly string[],
    /** Each segment followed by a separator, so that a path that covers another one is a prefix of it. */
    readonly encoded: string,
  ) {}

  /** The dotted form, for error messages. */
  get dotted(): string {
    return this.segments.join('.');
  }

  /**
   * The path below this one.
   *
   * @throws {@link TreePathError} an empty path, an empty part between dots, broken Unicode, or too many segments.
   */
  below(path: PathLike): TreePath {
    const added = segmentsOf(path);
    if (added.length === 0) throw new TreePathError('has one segment at least below a node', 'an empty list');
    return this.extended(added);
  }

  covers(other: TreePath): boolean {
    return other.encoded.startsWith(this.encoded);
  }

  /** The same for a list that may be empty. */
  extended(added: readonly string[]): TreePath {
    const segments = [...this.segments, ...added];
    if (segments.length > MAX_SEGMENTS) throw new TreePathError(`has at most ${MAX_SEGMENTS} segments`, `${segments.length}`);
    return new TreePath(segments, this.encoded + added.map((segment) => escapeName(segment) + END).join(''));
  }
}

/** The dotted form of an encoded path. */
export function dottedOf(encoded: string): string {
  return encoded.split(END).slice(0, -1).map(unescapeName).join('.');
}

function segmentsOf(path: PathLike): string[] {
  const segments = typeof path === 'string' ? parse(path) : listed(path);
  for (const segment of segments) {
    if (typeof segment !== 'string') throw new TreePathError('consists of texts', typeof segment);
    if (!segment.isWellFormed()) throw new TreePathError('is well-formed Unicode', JSON.stringify(segment));
  }
  return segments;
}

function listed(path: Iterable<string> | null): string[] {
  if (typeof path !== 'object' || path === null || !(Symbol.iterator in path))
    throw new TreePathError('is dotted text or a list of segments', path === null ? 'null' : typeof path);
  return [...path];
}

function parse(path: string): string[] {
  const segments = path.split('.');
  if (segments.includes('')) throw new TreePathError('is dotted text without empty parts', JSON.stringify(path));
  return segments;
}

/**
 * Reads a path from the root. The empty text and the empty list are the root.
 *
 * @throws {@link TreePathError} it is not a path.
 */
export function pathOf(path: PathLike): TreePath {
  return path === '' ? TreePath.root : TreePath.root.extended(segmentsOf(path));
}
