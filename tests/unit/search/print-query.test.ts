import { AtomicRedisModel, Field, Index, Model } from 'redatom';
import { ALL, and, has, NONE, not, or, type Expression } from '../../../src/search/expression';
import { indexedFieldsOf, type IndexedField } from '../../../src/search/indexed-fields';
import { printQuery } from '../../../src/search/print-query';
import { schemaOf } from '../../../src/schema/compile';

@Model()
class Sample extends AtomicRedisModel {
  @Index() @Field(String) name!: string;
  @Index() @Field(Number) 'a b'!: number;
}

const fields = indexedFieldsOf(schemaOf(Sample)).members;
const name = fields.get('name') as IndexedField;
const size = fields.get('a b') as IndexedField;
const isAda: Expression = has(name, { kind: 'oneOf', texts: ['ada'] });
const isOne: Expression = has(size, { kind: 'oneOf', texts: ['1'] });

describe('conditions of conditions', () => {
  test('all and none are never parts of others', () => {
    expect([and([]), or([]), not(ALL), not(NONE)]).toEqual([ALL, NONE, NONE, ALL]);
    expect([and([isAda, ALL]), or([NONE, isAda]), and([isAda, NONE]), or([isAda, ALL])]).toEqual([isAda, isAda, NONE, ALL]);
  });

  test('of one kind are one level', () => {
    expect(and([isAda, and([isOne, isAda])])).toEqual({ kind: 'and', parts: [isAda, isOne, isAda] });
    expect(or([and([isAda, isOne]), isOne])).toEqual({ kind: 'or', parts: [{ kind: 'and', parts: [isAda, isOne] }, isOne] });
    expect(not(not(isAda))).toBe(isAda);
  });
});

describe('printQuery', () => {
  test('puts values beside the text, and escapes names', () => {
    const query = printQuery(and([isAda, not(or([isOne, has(size, { kind: 'between', min: { value: 2, isExclusive: true } })]))]));

    expect(query).toEqual({
      text: '((@name:{$p0}) (-((@a\\ b:[$p1 $p1])|(@a\\ b:[($p2 +inf]))))',
      parameters: ['p0', 'ada', 'p1', '1', 'p2', '2'],
    });
  });

  test('prints a star for all documents, and refuses to print a query for none', () => {
    expect(printQuery(ALL)).toEqual({ text: '*', parameters: [] });
    expect(() => printQuery(NONE)).toThrow();
  });
});
