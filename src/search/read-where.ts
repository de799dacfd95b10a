import { isPlainObject } from '../codec/codec';
import { ALL, and, not, or, type Expression } from './expression';
import { isModel, type IndexedModel } from './indexed-fields';
import { inside, type Problems } from './problems';
import { readCondition } from './read-condition';

/** The condition that an object of conditions means. What is wrong with it is noted, and the result means nothing then. */
export function readWhere(where: unknown, model: IndexedModel, problems: Problems): Expression {
  return new Reader(problems).where(where, model, '');
}

class Reader {
  constructor(private readonly problems: Problems) {}

  /** Conditions on a document: on its fields, and of conditions. */
  where(given: unknown, model: IndexedModel, place: string): Expression {
    return this.each(given, place, (name, value, at) => {
      if (name === '$not') return not(this.where(value, model, at));
      if (name === '$and' || name === '$or') return this.several(value, model, { at, join: name === '$and' ? and : or });
      return this.member(model, { name, value, at });
    });
  }

  private several(
    given: unknown,
    model: IndexedModel,
    { at, join }: { at: string; join: (parts: Expression[]) => Expression },
  ): Expression {
    if (Array.isArray(given) && given.length > 0) return join(given.map((part, index) => this.where(part, model, `${at}[${index}]`)));
    this.problems.add(at, 'a list of at least one object of conditions', given);
    return ALL;
  }

  /** Conditions on the fields of a nested model. */
  private nested(given: unknown, model: IndexedModel, place: string): Expression {
    const names = isPlainObject(given) ? Object.keys(given) : [];
    if (model.isList && names.length > 1) {
      const reason = 'a condition on one field, because several would not have to hold for the same item';
      this.problems.add(place, reason, given);
    }
    return this.each(given, place, (name, value, at) => this.member(model, { name, value, at }));
  }

  private each(given: unknown, place: string, read: (name: string, value: unknown, at: string) => Expression): Expression {
    if (!isPlainObject(given)) {
      this.problems.add(place === '' ? 'where' : place, 'an object of conditions', given);
      return ALL;
    }
    return and(Object.entries(given).map(([name, value]) => read(name, value, inside(place, name))));
  }

  private member(model: IndexedModel, { name, value, at }: { name: string; value: unknown; at: string }): Expression {
    const member = model.members.get(name);
    if (member === undefined) {
      this.problems.add(at, `a field of ${model.model} with @Index(): ${[...model.members.keys()].join(', ')}`, value);
      return ALL;
    }
    return isModel(member) ? this.nested(value, member, at) : readCondition({ value, at }, member, this.problems);
  }
}
