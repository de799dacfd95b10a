import { locationCrash } from '../messages';
import type { Place } from './evaluate';
import { print } from './print';
import { JsonArray, JsonObject, type JsonValue } from './value';

/** A place that does not lead to a value of the expected kind. Some such places kill the server; here all are errors. */
export class UnreachablePlaceError extends Error {
  override readonly name = 'UnreachablePlaceError';
}

/** Returns what replaces a value: another one, the same one changed in place, or `undefined` to remove it. */
export type Change = (value: JsonValue) => JsonValue | undefined;

/** A stored value and its JSON text, which is printed once and kept until the next change. */
export class JsonDocument {
  private text: string | undefined;

  constructor(private value: JsonValue) {}

  get root(): JsonValue {
    return this.value;
  }

  set root(value: JsonValue) {
    this.value = value;
    this.text = undefined;
  }

  toText(): string {
    this.text ??= print(this.value);
    return this.text;
  }

  /**
   * Changes the value at a place. The place is followed anew for each change, because an earlier change may have moved values.
   *
   * @returns whether the place still existed.
   */
  change(place: Place, change: Change): boolean {
    this.text = undefined;
    if (place.length === 0) {
      this.value = change(this.value) ?? null;
      return true;
    }
    let target: JsonValue | undefined = this.value;
    for (const token of place.slice(0, -1)) {
      target = childAt(target, token);
      if (target === undefined) return false;
    }
    return changeChild(target, place[place.length - 1] as string | number, change);
  }
}

function childAt(value: JsonValue, token: string | number): JsonValue | undefined {
  if (value instanceof JsonObject) return value.members.get(String(token));
  return value instanceof JsonArray ? value.items[indexOf(token)] : undefined;
}

function changeChild(parent: JsonValue, token: string | number, change: Change): boolean {
  if (parent instanceof JsonObject) return changeMember(parent, String(token), change);
  return parent instanceof JsonArray && changeItem(parent, indexOf(token), change);
}

function changeMember(parent: JsonObject, name: string, change: Change): boolean {
  parent.reserve();
  const value = parent.members.get(name);
  if (value === undefined) return false;
  const changed = change(value);
  if (changed === undefined) parent.remove(name);
  else parent.members.set(name, changed);
  return true;
}

function changeItem(parent: JsonArray, index: number, change: Change): boolean {
  const value = parent.items[index];
  if (value === undefined) return false;
  const changed = change(value);
  if (changed === undefined) parent.items.splice(index, 1);
  else parent.items[index] = changed;
  return true;
}

function indexOf(token: string | number): number {
  if (typeof token === 'string' && !/^\+?\d+$/.test(token)) throw new UnreachablePlaceError(locationCrash(token));
  return Number(token);
}
