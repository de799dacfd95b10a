import { AtomicRedisModel, dict, Field, list, Model, SchemaError } from 'redatom';
import { schemaOf } from '../../../src/schema/compile';
import type { ModelClass } from '../../../src/schema/model-schema';

class Needy {
  readonly name: string;

  constructor(init: { name: string }) {
    this.name = init.name;
  }
}

const AS_TEXT = 'write @Field(String), and store its text';
const AS_NUMBERS = 'write @Field(list(Number)), or @Field(Uint8Array) for bytes';
const NEEDS =
  'class-transformer makes a Needy without arguments, but its constructor throws: ' +
  "TypeError: Cannot read properties of undefined (reading 'name'); give its parameters defaults";

/** A class with the given decorator on its field `it`, put there as compilers with legacy decorators do. */
function declared(decorate: ReturnType<typeof Field>): ModelClass {
  @Model()
  class Probe extends AtomicRedisModel {}
  decorate(Probe.prototype, 'it');
  return Probe;
}

describe('a class whose instances could not be read again is refused:', () => {
  test.each([
    ['a RegExp', Field(RegExp), `a RegExp cannot be stored as one; ${AS_TEXT}`],
    ['a list of URLs', Field(list(URL)), `a URL cannot be stored as one; ${AS_TEXT}`],
    ['an Error', Field(Error), `an Error cannot be stored as one; ${AS_TEXT}`],
    ['an array of numbers', Field(Float64Array), `a Float64Array cannot be stored as one; ${AS_NUMBERS}`],
    ['an ArrayBuffer', Field(ArrayBuffer), `an ArrayBuffer cannot be stored as one; ${AS_NUMBERS}`],
    ['one whose constructor needs arguments', Field(() => Needy), NEEDS],
    ['a dict of such', Field(dict(Needy)), NEEDS],
  ])('%s', (_, decorate, problem) => {
    const model = declared(decorate);

    expect(() => schemaOf(model)).toThrow(new SchemaError('Probe', [`it: ${problem}`]));
  });
});
