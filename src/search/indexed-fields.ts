import { oncePer } from '../memo/once-per';
import {
  indexTypeOf,
  leafOf,
  type Codec,
  type DocumentField,
  type DocumentShape,
  type IndexType,
  type Json,
  type JsonObject,
} from '../codec/codec';

/** What an index keeps of documents. */
interface Attribute {
  readonly name: string;
  /** JSONPath of its values. */
  readonly path: string;
}

/** A field that the index of a class has, under the name of where it stands in a document, such as `address.city`. */
export interface IndexedField extends Attribute {
  readonly type: IndexType;
  /** Codec of one value. */
  readonly codec: Codec;
  /** A document can have several values: it is a list, or stands in the items of one. */
  readonly isMany: boolean;
  /** Several values have no place in an order. */
  readonly isSortable: boolean;
  /** An attribute that documents lack in which the field is null. Needed where no test finds any value that there can be. */
  readonly presence: Attribute | undefined;
  /** What a document that lacks the field is read with; undefined where it need not be so, because what the field stands in may lack as well. */
  readonly makeDefault: (() => Json) | undefined;
}

/** The indexed fields of a class, and of the models that are nested in it. */
export interface IndexedModel {
  /** Name of the class. */
  readonly model: string;
  readonly members: ReadonlyMap<string, IndexedField | IndexedModel>;
  /** A document can have several of them: it stands in a list, at whatever depth. */
  readonly isMany: boolean;
}

export function isModel(member: IndexedField | IndexedModel): member is IndexedModel {
  return 'members' in member;
}

/** The indexed fields of a class; no members where it marks none. */
export const indexedFieldsOf = oncePer((shape: DocumentShape) =>
  collect(shape, { name: '', path: '$', isMany: false, isSure: true, outer: [], makeDefault: undefined }),
);

/** Where a model stands in the document. */
interface Place {
  readonly name: string;
  readonly path: string;
  readonly isMany: boolean;
  /** Every document is read with something there. */
  readonly isSure: boolean;
  /** What that is in one that lacks it. */
  readonly makeDefault: DocumentField['makeDefault'];
  /** The models around it. One that holds itself has no end, and is not followed. */
  readonly outer: readonly DocumentShape[];
}

function collect(shape: DocumentShape, place: Place): IndexedModel {
  const members = new Map<string, IndexedField | IndexedModel>();
  for (const field of shape.fields) {
    const member = field.index === undefined ? nested(field, shape, place) : indexed(field, field.index, place);
    if (member !== undefined) members.set(field.name, member);
  }
  return { model: shape.name, members, isMany: place.isMany };
}

function nested({ name, path, codec, makeDefault }: DocumentField, around: DocumentShape, place: Place): IndexedModel | undefined {
  const isList = codec.kind === 'list';
  const inner = isList ? codec.element?.shape?.() : codec.shape?.();
  const outer = [...place.outer, around];
  if (inner === undefined || outer.includes(inner)) return undefined;
  const model = collect(inner, {
    name: below(place, name),
    path: `${pathBelow(place, path.text)}${isList ? '[*]' : ''}`,
    isMany: place.isMany || isList,
    isSure: place.isSure && !isList && !codec.nullable,
    outer,
    makeDefault: defaultBelow(place, { name, makeDefault }),
  });
  return model.members.size === 0 ? undefined : model;
}

function indexed(
  { name, path, codec, makeDefault }: DocumentField,
  { sortable }: { sortable: boolean },
  place: Place,
): IndexedField | undefined {
  const one = leafOf(codec);
  const isList = one !== codec;
  const isMany = place.isMany || isList;
  const type = indexTypeOf(one, { isMany });
  if (type === undefined) return undefined;
  const own: Attribute = { name: below(place, name), path: pathBelow(place, path.text) };
  const isOpen = type === 'TAG' && one.choices === undefined;
  return {
    name: own.name,
    // Of several lists each would count as one value, which is none.
    path: `${own.path}${place.isMany && isList ? '[*]' : ''}`,
    presence: isOpen && one.nullable && !isMany ? presenceOf(own, place) : undefined,
    type,
    codec: one,
    isMany,
    isSortable: sortable && !isMany,
    makeDefault: place.isSure ? defaultBelow(place, { name, makeDefault }) : undefined,
  };
}

/** An index keeps nothing of null, but it does not count it as missing either. So it is given the members beside the field that equal it, and are not null. */
function presenceOf({ name, path }: Attribute, { path: around }: Place): Attribute {
  return { name: `${name}?`, path: `${around}[?(@==${path}&&@!=null)]` };
}

/** Where the model around it is missing as well, what the default of that has there. */
function defaultBelow(around: Place, { name, makeDefault }: Pick<DocumentField, 'name' | 'makeDefault'>): DocumentField['makeDefault'] {
  const makeAround = around.makeDefault;
  return makeAround === undefined ? makeDefault : () => (makeAround() as JsonObject)[name] as Json;
}

function below({ name }: Place, member: string): string {
  return name === '' ? member : `${name}.${member}`;
}

/** Paths of fields begin at the root of their own model. */
function pathBelow({ path }: Place, ownPath: string): string {
  return path + ownPath.slice(1);
}

/** All indexed fields, in the order in which they are declared. */
export function allFieldsOf({ members }: IndexedModel): IndexedField[] {
  return [...members.values()].flatMap((member) => (isModel(member) ? allFieldsOf(member) : [member]));
}
