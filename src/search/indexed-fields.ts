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

/** A part of the documents that an index stores. */
interface Attribute {
  readonly name: string;
  /** JSONPath of its values. */
  readonly path: string;
}

/** An indexed field of a class; its name is its place in a document, such as `address.city`. */
export interface IndexedField extends Attribute {
  readonly type: IndexType;
  /** The codec of one value. */
  readonly codec: Codec;
  /** Whether a document can have several values, because the field is a list or is in the items of one. */
  readonly isMany: boolean;
  /** False for fields of several values, which have no order. */
  readonly isSortable: boolean;
  /** An attribute that is missing in documents in which the field is null. Needed if no test matches every possible value. */
  readonly presence: Attribute | undefined;
  /** Makes the default with which a document without the field is read; undefined if the surrounding model may be missing as well. */
  readonly makeDefault: (() => Json) | undefined;
}

/** The indexed fields of a class, and of the models that are nested in it. */
export interface IndexedModel {
  /** Name of the class. */
  readonly model: string;
  readonly members: ReadonlyMap<string, IndexedField | IndexedModel>;
  /** Whether a document can have several of them, because the model is in a list at some level. */
  readonly isMany: boolean;
}

export function isModel(member: IndexedField | IndexedModel): member is IndexedModel {
  return 'members' in member;
}

/** The indexed fields of a class; without members if it marks none. */
export const indexedFieldsOf = oncePer((shape: DocumentShape) =>
  collect(shape, { name: '', path: '$', isMany: false, isSure: true, outer: [], makeDefault: undefined }),
);

/** The place of a model in the document. */
interface Place {
  readonly name: string;
  readonly path: string;
  readonly isMany: boolean;
  /** Whether every document is read with a value there. */
  readonly isSure: boolean;
  /** Makes that value for a document that lacks it. */
  readonly makeDefault: DocumentField['makeDefault'];
  /** The models around it. A model that contains itself would never end, and is not followed. */
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
    // With several lists, each would count as one value, which cannot be indexed.
    path: `${own.path}${place.isMany && isList ? '[*]' : ''}`,
    presence: isOpen && one.nullable && !isMany ? presenceOf(own, place) : undefined,
    type,
    codec: one,
    isMany,
    isSortable: sortable && !isMany,
    makeDefault: place.isSure ? defaultBelow(place, { name, makeDefault }) : undefined,
  };
}

/**
 * An index stores nothing for null, but does not treat it as missing either. So this attribute selects the members of the surrounding object that
 * equal the field and are not null.
 */
function presenceOf({ name, path }: Attribute, { path: around }: Place): Attribute {
  return { name: `${name}?`, path: `${around}[?(@==${path}&&@!=null)]` };
}

/** The default of a member. If the model around it is missing as well, the default of that model provides it. */
function defaultBelow(around: Place, { name, makeDefault }: Pick<DocumentField, 'name' | 'makeDefault'>): DocumentField['makeDefault'] {
  const makeAround = around.makeDefault;
  return makeAround === undefined ? makeDefault : () => (makeAround() as JsonObject)[name] as Json;
}

function below({ name }: Place, member: string): string {
  return name === '' ? member : `${name}.${member}`;
}

/** Appends the path of a field, which begins at the root of its own model. */
function pathBelow({ path }: Place, ownPath: string): string {
  return path + ownPath.slice(1);
}

/** All indexed fields, in the order in which they are declared. */
export function allFieldsOf({ members }: IndexedModel): IndexedField[] {
  return [...members.values()].flatMap((member) => (isModel(member) ? allFieldsOf(member) : [member]));
}
