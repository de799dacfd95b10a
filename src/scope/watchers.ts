import type { JsonPath } from '../path/json-path';

type ByPlace<W> = Map<string, Set<W>>;

/**
 * Which watchers watch which places of a document. Thousands of them may watch as many places, when pipelines are started without awaiting the
 * previous ones, so the watchers that a change concerns are looked up by place.
 */
export class Watchers<W> {
  private readonly all = new Set<W>();
  private readonly own: ByPlace<W> = new Map();
  /** The watchers by the places above theirs. */
  private readonly around: ByPlace<W> = new Map();
  /** Entries added since the last lookup, not sorted in yet: usually there is one watcher, and nothing else changes. */
  private latest: { readonly watcher: W; readonly path: JsonPath }[] = [];

  get isEmpty(): boolean {
    return this.all.size === 0;
  }

  add(watcher: W): void {
    this.all.add(watcher);
  }

  addPlace(watcher: W, path: JsonPath): void {
    this.latest.push({ watcher, path });
  }

  /** @param places - All places that it watches. */
  delete(watcher: W, places: readonly JsonPath[]): void {
    this.all.delete(watcher);
    if (this.isEmpty) this.forgetAll();
    else this.deletePlaces(watcher, places);
  }

  /** The same for a watcher that remains, and perhaps watches other places. */
  deletePlaces(watcher: W, places: readonly JsonPath[]): void {
    this.sortLatest();
    for (const path of places) {
      deleteFrom(this.own, path, watcher);
      for (let above = path.parent; above !== undefined; above = above.parent) deleteFrom(this.around, above, watcher);
    }
  }

  /** The watchers of a place, or of one above or below it; none if the only watcher is the author of the change. */
  overlapping(path: JsonPath, byWhom: unknown): Iterable<W> {
    if (this.all.size === 1 && this.all.has(byWhom as W)) return [];
    this.sortLatest();
    const found = new Set(this.around.get(path.text));
    for (let here: JsonPath | undefined = path; here !== undefined; here = here.parent)
      for (const watcher of this.own.get(here.text) ?? []) found.add(watcher);
    return found;
  }

  private sortLatest(): void {
    for (const { watcher, path } of this.latest) {
      addTo(this.own, path, watcher);
      for (let above = path.parent; above !== undefined; above = above.parent) addTo(this.around, above, watcher);
    }
    this.latest = [];
  }

  private forgetAll(): void {
    this.own.clear();
    this.around.clear();
    this.latest = [];
  }
}

function addTo<W>(byPlace: ByPlace<W>, { text }: JsonPath, watcher: W): void {
  const present = byPlace.get(text);
  if (present === undefined) byPlace.set(text, new Set([watcher]));
  else present.add(watcher);
}

function deleteFrom<W>(byPlace: ByPlace<W>, { text }: JsonPath, watcher: W): void {
  const present = byPlace.get(text);
  if (present?.delete(watcher) === true && present.size === 0) byPlace.delete(text);
}
