import type { Request } from '../support/differential';
import { utf8, words } from './case';

/** Stores a document. */
export const put = (key: string, json: string): Request => ['JSON.SET', key, '$', utf8(json)];

/** A search for keys; `parameters` are names and values in turn. */
export const find = (query: string, ...parameters: readonly string[]): Request => {
  const given = parameters.length === 0 ? [] : ['PARAMS', String(parameters.length), ...parameters];
  return ['FT.SEARCH', 'i', utf8(query), 'NOCONTENT', 'LIMIT', '0', '100', ...given.map(utf8), 'DIALECT', '2'];
};

/** An index and documents of all kinds. */
export const people: readonly Request[] = [
  words(
    'FT.CREATE i ON JSON PREFIX 1 p: SCHEMA $.name AS name TAG CASESENSITIVE INDEXEMPTY INDEXMISSING SORTABLE UNF $.age AS age NUMERIC INDEXMISSING SORTABLE UNF $.tags AS tags TAG INDEXEMPTY INDEXMISSING $["items"][*]["n"] AS items.n NUMERIC INDEXMISSING',
  ),
  put('p:1', '{"name":"Ann","age":30,"tags":["a","B"],"items":[{"n":1},{"n":2}]}'),
  put('p:2', '{"name":"ann","age":31.5,"tags":[],"items":[]}'),
  put('p:3', '{"name":"Bob Hope","age":null,"tags":null,"items":[{}]}'),
  put('p:4', '{"name":"","age":-1,"tags":[null],"items":[{"n":null}]}'),
  put('p:5', '{"tags":"a,b","items":[{"n":[3,4]}]}'),
  put('p:6', '{"name":true,"tags":[""],"items":[{"n":5},{"n":null}]}'),
  put('p:7', '{"name":"É","age":1e3,"tags":["É","x"]}'),
  put('q:1', '{"name":"Ann","age":30}'),
];
