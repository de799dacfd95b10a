import { expectTypeOf } from 'expect-type';
import type { ErrorCode, RedatomError, RedisConnectionError, RedisServiceError, ValidationError } from 'redatom';
import type { BatchError } from 'redatom/batch';
import type { ErrorCode as CodeOfTrees } from 'redatom/tree';

declare const error: RedatomError;

expectTypeOf(error.code).toEqualTypeOf<ErrorCode>();
expectTypeOf<CodeOfTrees>().toEqualTypeOf<ErrorCode>();
expectTypeOf<ValidationError['code']>().toEqualTypeOf<'VALIDATION'>();
// Subclasses have other codes.
expectTypeOf<(RedisConnectionError | RedisServiceError | BatchError)['code']>().toEqualTypeOf<ErrorCode>();

const statuses: Partial<Record<ErrorCode, number>> = { KEY_NOT_FOUND: 404, KEY_EXISTS: 409, VALIDATION: 422 };
statuses[error.code];
// @ts-expect-error no error has this code
const misspelt: ErrorCode = 'KEY_NOTFOUND';
// @ts-expect-error no error has this code
if (error.code === 'NOT_FOUND') misspelt.length;
