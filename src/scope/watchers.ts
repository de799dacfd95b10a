import type { JsonPath } from '../path/json-path';

type ByPlace<W> = Map<string, Set<W>>;

/**
 * Who watches which places of a document. There may be thousands who watch as many places, when nobody waits for a pipeline before the next, so those whom a
 * change concerns are looked up by its place.
 */
export class Watchers<W> {
  private readonly all = new Set<W>();
  private readonly own: ByPlace<W> = new Map();
  /** By what lies around their places. */
  private readonly around: ByPlace<W> = new Map();
  /** Those that nobody could have looked up since: most often there is one who watches, and nothing else is changed. */
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

  /** @param places - All that it watches. */
  delete(watcher: W, places: readonly JsonPath[]): void {
    this.all.delete(watcher);
    if (this.isEmpty) this.forgetAll();
    else this.deletePlaces(watcher, places);
  }

  /** The same for one who goes on, and perhaps watches others. */
  deletePlaces(watcher: W, places: readonly JsonPath[]): void {
    this.sortLatest();
    for (const path of places) {
      deleteFrom(this.own, path, watcher);
      for (let above = path.parent; above !== undefined; above = above.parent) deleteFrom(this.around, above, watcher);
    }
  }

  /** Those who watch a place, or one above or below it; none where only one watches who need not be told. */
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
