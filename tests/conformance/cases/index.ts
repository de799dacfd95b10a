import type { Request } from '../support/differential';
import { utf8, type Case } from './case';
import { dataCases } from './data';
import { foundCases } from './found';
import { keyspaceCases } from './keyspace';
import { nameCases, pathCases } from './paths';
import { scriptCases } from './scripts';
import { searchCases } from './search';
import { faultCases, numberCases } from './texts';
import { arrayCases, writeCases } from './writes';

/** All cases that are always the same, among them every difference that random sequences have found and that was corrected. */
export const cases: readonly Case[] = [
  ...pathCases,
  ...nameCases,
  ...numberCases,
  ...faultCases,
  ...arrayCases,
  ...writeCases,
  ...keyspaceCases,
  ...scriptCases,
  ...foundCases,
  ...dataCases,
  ...searchCases,
];

/** Requests that kill the real server; the embedded one answers with an error. */
export const deadly: readonly Request[] = [
  ['JSON.GET', 'doc', utf8('$.😀')],
  ['JSON.GET', 'doc', '$[99999999999999999999]'],
  ['JSON.GET', 'doc', '.\u0000'],
];
