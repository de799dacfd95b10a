import { isPlainObject } from '../codec/codec';
import { ALL, and, not, or, type Expression } from './expression';
import { itemsOf, namesOf } from './given';
import { isModel, type IndexedModel } from './indexed-fields';
import { inside, type Problems } from './problems';
import { readCondition } from './read-condition';

/** Reads an object of conditions. Problems are noted, and the result is meaningless then. */
export function readWhere(where: unknown, model: IndexedModel, problems: Problems): Expression {
  return new Reader(problems).where(where, model, '');
}

/** How deeply conditions may be nested. The parser of a server allows about three times as much. */
const MAX_DEPTH = 32;

class Reader {
  private depth = 0;
  /** Set to stop reading: conditions that contain themselves would never end. */
  private isTooDeep = false;

  constructor(private readonly problems: Problems) {}

  /** Reads conditions on a document: on its fields, or combined by `$and`, `$or` and `$not`. */
  where(given: unknown, model: IndexedModel, place: string): Expression {
    if (this.isTooDeep) return ALL;
    this.isTooDeep = this.depth === MAX_DEPTH;
    if (this.isTooDeep) return this.refuse('where', `conditions nested at most ${MAX_DEPTH} deep, without cycles`, given);
    this.depth += 1;
    const expression = this.conditions(given, model, place);
    this.depth -= 1;
    return expression;
  }

  private conditions(given: unknown, model: IndexedModel, place: string): Expression {
    return this.each(given, place, (name, value, at) => {
      if (name === '$not') return not(this.where(value, model, at));
      if (name === '$and' || name === '$or') return this.several(value, model, { at, join: name === '$and' ? and : or });
      if (name.startsWith('$') && !model.members.has(name)) return this.refuse(at, 'one of $and, $or and $not', value);
      return this.member(model, { name, value, at });
    });
  }

  private several(
    given: unknown,
    model: IndexedModel,
    { at, join }: { at: string; join: (parts: Expression[]) => Expression },
  ): Expression {
    if (!Array.isArray(given)) return this.refuse(at, 'a list of objects of conditions', given);
    return join(itemsOf(given).map((part, index) => this.where(part, model, `${at}[${index}]`)));
  }

  /** Conditions on the fields of a nested model. */
  private nested(given: unknown, model: IndexedModel, place: string): Expression {
    const names = isPlainObject(given) ? namesOf(given) : [undefined];
    if (names.length === 0) return this.refuse(place, 'a condition on one of its fields', given);
    if (model.isMany && names.length > 1)
      return this.refuse(place, 'a condition on one field, because several would not have to hold for the same item', given);
    return this.each(given, place, (name, value, at) => this.member(model, { name, value, at }));
  }

  private each(given: unknown, place: string, read: (name: string, value: unknown, at: string) => Expression): Expression {
    if (!isPlainObject(given)) {
      return place === ''
        ? this.refuse('where', 'an object of conditions, or {} for all documents', given)
        : this.refuse(place, 'an object of conditions', given);
    }
    return and(namesOf(given).map((name) => read(name, given[name], inside(place, name))));
  }

  private member(model: IndexedModel, { name, value, at }: { name: string; value: unknown; at: string }): Expression {
    const member = model.members.get(name);
    if (member === undefined) return this.refuse(at, expectedOf(model, name), value);
    return isModel(member) ? this.nested(value, member, at) : readCondition({ value, at }, member, this.problems);
  }

  private refuse(at: string, expected: string, given: unknown): Expression {
    this.problems.add(at, expected, given);
    return ALL;
  }
}

/** What was expected instead of a name that is not that of an indexed field. */
function expectedOf({ model, members }: IndexedModel, name: string): string {
  const [outer = '', ...inner] = name.split('.');
  const member = members.get(outer);
  if (inner.length > 0 && member !== undefined && isModel(member)) return `to be written as { ${outer}: { ${inner.join('.')}: … } }`;
  return `a field of ${model} with @Index(): ${[...members.keys()].join(', ')}`;
}
