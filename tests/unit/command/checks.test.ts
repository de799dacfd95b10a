import { typeIs } from '../../../src/command/checks';
import { JsonPath } from '../../../src/path/json-path';

describe('the refusal of a check', () => {
  test.each([
    ['no document', { code: 'KEY_NOT_FOUND' }],
    ['no JSON document', { code: 'PATH_MISMATCH', expected: 'a JSON document', found: 'another Redis type' }],
    ['string', { code: 'PATH_MISMATCH', expected: 'a list', found: 'string', path: '$["tags"]' }],
  ])('says of %j what is wrong with it', (found, facts) => {
    const { refuse } = typeIs(JsonPath.root.member('tags'), 'list');

    expect(refuse(found, { model: 'User', key: 'User:ada' })).toMatchObject({ key: 'User:ada', ...facts });
  });
});
