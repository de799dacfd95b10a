import type { Step } from './contract';
import type { Kind } from './kinds';
import { stepAt, type PartOf, type PartStep } from './part-steps';
import { takenOver } from './twins';

/** A model somewhere in the document, if there is one at the moment. */
export type ModelPlace<It, Twin> = PartOf<It, Twin, object, object>;

/** The document itself. */
export const ROOT: ModelPlace<object, object> = { name: '', of: (it) => it, plain: (twin) => twin };

interface FieldPlace {
  readonly field: string;
  readonly kind: Kind;
  readonly isNullable?: boolean;
}

/** A model whose fields have names that only the tests know. */
interface AnyModel {
  readonly ratio: { increase(by: number): Promise<number>; add(by: number): void };
  update(patch: object): void;
  aupdate(patch: object): Promise<unknown>;
  field(name: string): { readonly value: unknown };
  save(): Promise<unknown>;
}

type ModelStep = PartStep<AnyModel, Record<string, unknown>>;

/** The steps for a field with one value. */
export function fieldStepsAt<It, Twin>(place: ModelPlace<It, Twin>, { field, kind, isNullable = false }: FieldPlace): Step<It, Twin>[] {
  const toNull = (): null => null;
  const steps = {
    ...assignments(field, { how: '', of: kind.of, stored: kind.stored }),
    ...(isNullable && assignments(field, { how: ' null', of: toNull, stored: toNull })),
    ...(kind.inside && { [`${field} inside`]: insideStep(field, kind.inside) }),
  };
  return Object.entries(steps).map(([name, step]) => atPlace(place, name, step));
}

/** The steps for a fraction, and for the model around it. Eighths are exact, so their sums do not depend on the order. */
export function ratioStepsAt<It, Twin>(place: ModelPlace<It, Twin>): Step<It, Twin>[] {
  const steps: Record<string, ModelStep> = {
    'ratio +': {
      queue: ({ ratio }, { n }) => ratio.add(n / 8),
      atOnce: ({ ratio }, { n }) => ratio.increase(n / 8),
      plain: (twin, { n }) => (twin['ratio'] = (twin['ratio'] as number) + n / 8),
      isBlind: true,
    },
    save: { atOnce: (model) => model.save(), plain: () => undefined },
  };
  return Object.entries(steps).map(([name, step]) => atPlace(place, name, step));
}

function assignments(field: string, { how, of, stored }: Pick<Kind, 'of' | 'stored'> & { how: string }): Record<string, ModelStep> {
  const plain: ModelStep['plain'] = (twin, draw) => (twin[field] = takenOver(twin[field], stored(draw)));
  return {
    [`${field} =${how}`]: {
      queue: (model, draw) => Reflect.set(model, field, of(draw)),
      atOnce: (model, draw) => model.aupdate({ [field]: of(draw) }),
      plain,
      isBlind: true,
    },
    [`${field} update${how}`]: { queue: (model, draw) => model.update({ [field]: of(draw) }), plain },
  };
}

const insideStep = (field: string, { change, stored }: NonNullable<Kind['inside']>): ModelStep => ({
  queue: (model, draw) => {
    const { value } = model.field(field);
    if (value !== null) change(value as never, draw);
  },
  plain: (twin, draw) => {
    if (twin[field] !== null) twin[field] = stored(twin[field] as never, draw);
  },
});

function atPlace<It, Twin>(place: ModelPlace<It, Twin>, name: string, step: ModelStep): Step<It, Twin> {
  const part = place as PartOf<It, Twin, AnyModel, Record<string, unknown>>;
  return stepAt(part, name, { ...step, isBlind: place.name === ROOT.name && step.isBlind === true });
}
