import type { JsonPath, PathSegment } from '../../path/json-path';

/** What is known of a place, with the places below it. */
export interface TrailNode<N> {
  /** Made with the first of them. */
  below: Map<PathSegment, N> | undefined;
}

/**
 * The nodes from the root of a document down to a path; those that are not there yet are made. Which item a position from the end names is known to the
 * server only, so the list stands for it.
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
