import type { JsonPath, PathSegment } from '../../path/json-path';

/** What is known about a place, with the places below it. */
export interface TrailNode<N> {
  /** Created with the first place below. */
  below: Map<PathSegment, N> | undefined;
}

/**
 * The nodes from the root of a document down to a path; missing nodes are made. Only the server knows which item a negative position means, so the
 * node of the list stands for it.
 */
export function trailTo<N extends TrailNode<N>>(root: N, path: JsonPath, newNode: () => N): N[] {
  const nodes = [root];
  let parent = root;
  for (const segment of path.segments()) {
    let child = typeof segment === 'number' && segment < 0 ? parent : parent.below?.get(segment);
    if (child === undefined) (parent.below ??= new Map()).set(segment, (child = newNode()));
    nodes.push(child);
    parent = child;
  }
  return nodes;
}
