import { fault } from '../messages';

/** The error texts of searches, word for word as the module writes them. What only the module supports is named in an error of our own. */

/** Faults in the query of a search. */
export const queryFault = {
  syntax: (offset: number, near: string): string => `Syntax error at offset ${offset} near ${near}`,
  unsupported: (what: string, offset: number): string => fault.unsupported(`'${what}' at offset ${offset} of a query`),
  noParameter: (name: string): string => `No such parameter \`${name}\``,
  lowerRange: (text: string): string => `Bad lower range: ${text}`,
  upperRange: (text: string): string => `Bad upper range: ${text}`,
  indexEmpty: 'Use `INDEXEMPTY` in field creation in order to index and query for empty strings',
  indexMissing: (name: string): string => `'ismissing' requires field '${name}' to be defined with 'INDEXMISSING'`,
} as const;

/** Why an index leaves a document out. */
export const indexingFault = {
  text: 'Invalid JSON type: String type can represent only TEXT, TAG, GEO or GEOMETRY field',
  number: 'Invalid JSON type: Numeric type can represent only NUMERIC field',
  boolean: 'Invalid JSON type: Boolean type can be represent only TAG field',
  object: 'Invalid JSON type: Object type can represent only GEOMETRY fields',
  textList: 'TEXT/TAG fields can only contain strings or nulls',
  numberList: 'NUMERIC fields can only contain numeric or nulls',
  unknown: 'N/A',
} as const;

/** Faults of the commands. */
export const searchFault = {
  indexExists: 'Index already exists',
  otherDatabase: 'Cannot create index on db != 0',
  unknownIndex: 'Unknown index name',
  unknownIndexToDrop: 'Unknown Index name',
  noIndex: (name: string): string => `${name}: no such index`,
  noQuery: 'No query string provided',
  unknownArgument: (word: string): string => `Unknown argument \`${word}\``,
  unknownOption: (word: string, position: number): string => `Unknown argument \`${word}\` at position ${position} for <main>`,
  badArguments: (option: string, why: string): string => `Bad arguments for ${option}: ${why}`,
  notConvertible: 'Could not convert argument to expected type',
  outOfBounds: 'Value is outside acceptable bounds',
  argumentExpected: 'Expected an argument, but none provided',
  ruleType: (type: string): string => `Invalid rule type: ${type}`,
  noSchema: 'No schema found',
  noFields: 'Fields arguments are missing',
  noName: 'AS requires an argument',
  noType: (name: string): string => `Field \`${name}\` does not have a type`,
  fieldType: (name: string): string => `Invalid field type for field \`${name}\``,
  duplicateField: (name: string): string => `Duplicate field in schema - ${name}`,
  parameterPairs: 'Parameters must be specified in PARAM VALUE pairs',
  severalParameters: 'Multiple PARAMS are not allowed. Parameters can be defined only once',
  duplicateParameter: (name: string): string => `Duplicate parameter \`${name}\``,
  limitWords: 'LIMIT requires two arguments',
  limitNumbers: 'LIMIT needs two numeric arguments',
  limitTooLarge: (what: 'LIMIT' | 'OFFSET', largest: number): string => `${what} exceeds maximum of ${largest}`,
  sortWords: 'Bad SORTBY arguments',
  severalSorts: 'Multiple SORTBY steps are not allowed',
  noProperty: (name: string): string => `Property \`${name}\` not loaded nor in schema`,
  timeoutMissing: 'Need argument for TIMEOUT',
  timeoutNumber: 'TIMEOUT requires a non negative integer',
  dialectMissing: 'Need an argument for DIALECT',
  dialectNumber: 'DIALECT requires a non negative integer >=1 and <= 4',
} as const;
