import { SchemaError } from '../errors/definition';
import { IndexNotFoundError, SearchUnavailableError } from '../errors/search';
import type { Executor } from '../executor/executor';
import type { Purpose } from '../executor/purpose';
import { schemaOf } from '../schema/compile';
import type { ModelClass, ModelSchema } from '../schema/model-schema';
import { indexDefinitionOf, type IndexDefinition } from '../search/index-definition';
import { bindingOf, type Binding } from './bindings';

/** Where the documents of a class are found by their fields. */
export interface SearchPlace {
  readonly schema: ModelSchema;
  readonly connection: Binding;
  readonly definition: IndexDefinition;
}

/**
 * The index of a class on its connection.
 *
 * @throws {@link SchemaError} the class marks no field, or its index would have documents of another class.
 * @throws {@link SearchUnavailableError} its documents are on several servers, or in another database than 0.
 */
export function searchPlaceOf(model: ModelClass, { verb }: Purpose): SearchPlace {
  const schema = schemaOf(model);
  const definition = indexDefinitionOf(schema);
  const connection = bindingOf(schema);
  const { prefix, name } = schema;
  const reason = reasonAgainst(connection.executor);
  if (reason !== undefined) throw new SearchUnavailableError(`${verb} does not work here: ${reason}`, { model: name, command: verb });
  const longer = [...connection.prefixes].find((other) => other.startsWith(`${prefix}:`));
  if (longer === undefined) return { schema, connection, definition };
  const remedy = "write @Model({ prefix: 'another' }) above one of the classes";
  throw new SchemaError(name, [`its index would have documents of another class, whose keys begin with "${longer}:"; ${remedy}`]);
}

const NO_DATABASE = 'Redis keeps indexes in database 0 only; leave the number of the database out of the URL';

/** RediSearch accepts searches from other databases. It finds nothing there, and from then on skips the documents of database 0 that it did not find. */
function reasonAgainst({ hasSlots, database = 0 }: Executor): string | undefined {
  if (hasSlots) return 'the connection is to a cluster, where each server would search among its own documents only';
  return database === 0 ? undefined : NO_DATABASE;
}

/** Sends a search command, which has no key. */
export function ask<R>(
  { schema, connection }: SearchPlace,
  { args, purpose, decode, write = false }: { args: readonly string[]; purpose: Purpose; decode: (reply: unknown) => R; write?: boolean },
  call: Parameters<Executor['execute']>[2],
): Promise<R> {
  return connection.executor.execute({ args, key: undefined, write, model: schema.name, purpose }, decode, call);
}

/** A verb that uses an index. Recognises the replies of servers without the index, or without indexes at all, whose wording differs between releases. */
export function searchVerb(verb: string): Purpose {
  return {
    verb,
    explain: (answer, facts) => {
      if (/no such index|unknown index|index not found|index does not exist/i.test(answer)) return new IndexNotFoundError(facts);
      const reason = reasonOf(answer);
      return reason === undefined ? undefined : new SearchUnavailableError(`${verb} does not work here: ${reason}`, facts);
    },
  };
}

function reasonOf(answer: string): string | undefined {
  if (/unknown command ['`]FT\./i.test(answer))
    return 'the server has no search commands; connect to Redis 8 or later, to Redis Stack, or to a server that has loaded RediSearch';
  if (/index on db != 0/i.test(answer)) return NO_DATABASE;
  return undefined;
}
