import { readInfoReply, readSearchReply, whatIsMissing } from '../../../src/search/reply';

describe('readSearchReply', () => {
  const documents = [{ key: 'a:1', json: '{"n":1}' }];

  test('reads both protocols', () => {
    const map = { total_results: 2, results: [{ id: 'a:1', extra_attributes: { $: '{"n":1}' } }], warning: [] };

    expect(readSearchReply(map)).toEqual({ total: 2, documents, warning: undefined });
    expect(readSearchReply([2, 'a:1', ['$', '{"n":1}']])).toEqual({ total: 2, documents, warning: undefined });
  });

  test('leaves out documents that were gone when they were read', () => {
    expect(readSearchReply({ total_results: 2, results: [{ id: 'a:1', extra_attributes: null }], warning: [] }).documents).toEqual([]);
    expect(readSearchReply([2, 'a:1', null]).documents).toEqual([]);
  });

  test('reads a count, which has no documents', () => {
    expect(readSearchReply([7])).toEqual({ total: 7, documents: [], warning: undefined });
    expect(readSearchReply({ total_results: 7 })).toEqual({ total: 7, documents: [], warning: undefined });
  });
});

describe('whatIsMissing', () => {
  test('tells of a warning, and of more documents than a reply can have', () => {
    const reply = { total: 5, documents: [], warning: undefined };

    expect(whatIsMissing({ ...reply, warning: 'Timeout limit was reached' }, { most: undefined })).toBe('Timeout limit was reached');
    expect(whatIsMissing(reply, { most: 4 })).toBe('5 match, and one reply has at most 4; give a limit');
    expect([whatIsMissing(reply, { most: 5 }), whatIsMissing(reply, { most: undefined })]).toEqual([undefined, undefined]);
  });
});

describe('readInfoReply', () => {
  test('tells whether the server goes through older documents yet', () => {
    const info = { index_name: 'i', num_docs: 3, hash_indexing_failures: 0, indexing: 1 };

    expect(readInfoReply(info)).toEqual({ name: 'i', documents: 3, failures: 0, lastFailure: undefined, isComplete: false });
    expect(readInfoReply(['index_name', 'i', 'num_docs', '3', 'hash_indexing_failures', '0', 'indexing', '0']).isComplete).toBe(true);
  });
});
