/** Whether a place is one of some others, or lies above or below one. */
export function overlapsOne(places: ReadonlySet<string>, text: string): boolean {
  for (const place of places) if (text.startsWith(place) || place.startsWith(text)) return true;
  return false;
}
