import { asDouble, isInteger, isNumeric, isSigned } from './number';
import { JsonArray, JsonFloat, JsonObject, type JsonNumber, type JsonValue } from './value';

/** Deep equality; integers and doubles of the same value are equal. Order of members does not matter. */
export function equal(left: JsonValue, right: JsonValue): boolean {
  if (isNumeric(left) && isNumeric(right)) return sameNumber(left, right);
  return sameShape(left, right, equal);
}

/** Deep equality in which `1` and `1.0` differ. */
export function identical(left: JsonValue, right: JsonValue): boolean {
  if (isNumeric(left) && isNumeric(right)) {
    if (isSigned(left) !== isSigned(right)) return false;
    return isSigned(left) ? left === right : asDouble(left) === asDouble(right);
  }
  return sameShape(left, right, identical);
}

function sameNumber(left: JsonNumber, right: JsonNumber): boolean {
  if (isInteger(left) && isInteger(right)) return left === right;
  if (left instanceof JsonFloat && right instanceof JsonFloat) return left.value === right.value;
  const [integer, double] = left instanceof JsonFloat ? [right, left] : [left, right];
  // eslint-disable-next-line eqeqeq -- comparing a bigint with a number is exact, converting one to the other is not
  return (integer as number | bigint) == (double as JsonFloat).value;
}

function sameShape(left: JsonValue, right: JsonValue, same: (left: JsonValue, right: JsonValue) => boolean): boolean {
  if (left instanceof JsonArray && right instanceof JsonArray) {
    return left.items.length === right.items.length && left.items.every((item, index) => same(item, right.items[index] as JsonValue));
  }
  if (left instanceof JsonObject && right instanceof JsonObject) {
    if (left.members.size !== right.members.size) return false;
    for (const [name, member] of left.members) {
      const other = right.members.get(name);
      if (other === undefined || !same(member, other)) return false;
    }
    return true;
  }
  return left === right;
}
