import { refuseWrongLimits, type CallOptions } from '../input/call-options';
import { requireList } from '../input/arguments';
import { promised } from '../async/promised';
import { deadlineOf } from '../async/time-left';
import type { Purpose } from '../executor/purpose';
import { schemaOf } from '../schema/compile';
import type { ModelClass } from '../schema/model-schema';
import { isLockedHere } from '../scope/dispatch';
import type { DocumentPlace } from '../scope/document-root';
import { startOutside } from '../scope/outside-pipeline';
import { bindingOf } from './bindings';
import { allEnded, groupsOf } from './groups';
import { newState } from './hydrate';
import { documentKey, documentPlaceOf } from './pk';
import { deleteState } from './write';

const DELETE_MANY: Purpose = { verb: 'deleteMany' };

/** The document would be deleted at once, even if the pipeline is refused later. */
const INSTEAD = 'use delete() of the instance';

/** Removes the document of a key, under the locks that this flow holds on it; resolves to whether there was one. */
export function deleteStored(model: ModelClass, keyOrPk: string, call?: CallOptions): Promise<boolean> {
  return promised(() => {
    const place = documentPlaceOf(model, keyOrPk);
    return startOutside([place], { verb: 'deleteByKey', instead: INSTEAD }, () => deleteState(newState(place, {}), call));
  });
}

const KEYS_PER_DELETE = 1000;

/** Removes documents; resolves to how many there were. */
export function deleteDocuments(model: ModelClass, keysOrPks: readonly string[], call?: CallOptions): Promise<number> {
  return promised(() => {
    requireList(keysOrPks, 'deleteMany()', "['ada']");
    refuseWrongLimits(call);
    const schema = schemaOf(model);
    const connection = bindingOf(schema);
    const places = keysOrPks.map((keyOrPk) => ({ schema, key: documentKey(schema, keyOrPk), connection }));
    const start = (): Promise<number> =>
      deleteAll(
        { schema, connection },
        places.map(({ key }) => key),
        call,
      );
    return startOutside(places, { verb: DELETE_MANY.verb, instead: INSTEAD }, start);
  });
}

async function deleteAll(
  { schema, connection }: Pick<DocumentPlace, 'schema' | 'connection'>,
  keys: readonly string[],
  call: CallOptions | undefined,
): Promise<number> {
  const { executor } = connection;
  const left = deadlineOf(call);
  const locked = new Set(keys.filter((key) => isLockedHere({ key, executor })));
  const counts: number[] = [];
  // First, so that nothing is deleted when one of the locks is lost.
  for (const key of locked) counts.push(Number(await deleteState(newState({ schema, key, connection }, {}), left())));
  const free = keys.filter((key) => !locked.has(key));
  const others = await allEnded(
    groupsOf(free, (key) => key, { hasSlots: executor.hasSlots, size: KEYS_PER_DELETE }).map((group) =>
      executor.execute(
        { args: ['UNLINK', ...group], key: group[0], write: true, model: schema.name, purpose: DELETE_MANY },
        Number,
        left(),
      ),
    ),
  );
  return [...counts, ...others].reduce((sum, count) => sum + count, 0);
}
