import { checks } from './snippets/checks';
import { withExpectations } from './snippets/expectations';
import { fencesOf } from './snippets/fences';

describe('withExpectations', () => {
  test('turns an expression, a declaration and a failing statement into checks', () => {
    expect(withExpectations('f(1); // => 2', 'a:1')).toBe('checks.equal(f(1), (2), "a:1: f(1);"); // => 2');
    expect(withExpectations('const x = await f(); // => [1]', 'a:1')).toContain('const x = await f(); checks.equal(x, ([1]), ');
    expect(withExpectations('await f(); // => throws Oops', 'a:1')).toContain("await checks.throws(async () => { await f(); }, 'Oops', ");
  });

  test('finds expectations inside of blocks', () => {
    expect(withExpectations('try {\n  f();\n} catch (e) {\n  e.code; // => 1\n}', 'a:1')).toContain('checks.equal(e.code, (1), ');
  });

  test('refuses an expectation that stands after nothing that has a value', () => {
    expect(() => withExpectations('// => 2', 'a:1')).toThrow('1 expectations are written, 0 stand after a statement');
  });
});

describe('checks', () => {
  test('fail with the place of the documentation when a value differs', () => {
    expect(() => checks.equal(1, 2, 'README.md:7')).toThrow(/README\.md:7/);
    expect(() => checks.equal([1], [1], 'README.md:7')).not.toThrow();
  });

  test('fail when nothing, or something else, is thrown', async () => {
    await expect(checks.throws(() => undefined, 'TypeError', 'README.md:7')).rejects.toThrow(/README\.md:7/);
    await expect(checks.throws(() => Promise.reject(new RangeError('no')), 'TypeError', 'README.md:7')).rejects.toThrow(/README\.md:7/);
    await checks.throws(() => Promise.reject(new TypeError('no')), 'TypeError', 'README.md:7');
  });
});

describe('fencesOf', () => {
  test('takes ```ts fences with their lines, and the reason why one is not run', () => {
    const markdown = 'text\n\n```ts\na();\n```\n\n```sh\nls\n```\n\n<!-- not run: too slow -->\n\n```ts\nb();\n```\n';

    expect(fencesOf(markdown, 'x.md')).toEqual([
      { origin: 'x.md:3', code: 'a();\n', notRun: undefined },
      { origin: 'x.md:13', code: 'b();\n', notRun: 'too slow' },
    ]);
  });
});
