import { AtomicRedisModel, Field, Model, RedisDatetime, RedisInt, RedisStr } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Form extends AtomicRedisModel {
  @Field(RedisStr, { nullable: true }) text!: RedisStr | null;
  @Field(RedisInt, { nullable: true }) count!: RedisInt | null;
  @Field(RedisDatetime, { nullable: true }) at!: RedisDatetime | null;
  @Field(RedisDatetime, { nullable: true, format: 'epochMs' }) ms!: RedisDatetime | null;
}

const text = (form: Form): RedisStr<string | null> => form.field('text');
const count = (form: Form): RedisInt<number | null> => form.field('count');
const at = (form: Form): RedisDatetime<Date | null> => form.field('at');
const ms = (form: Form): RedisDatetime<Date | null> => form.field('ms');

const EMPTY = { text: null, count: null, at: null, ms: null };

describeOnEveryBackend('bound values that are null', (backend) => {
  useModels(backend, Form);

  test.each<[string, string, (form: Form) => void]>([
    ['append', 'text', (form) => text(form).append('x')],
    ['add', 'count', (form) => count(form).add(1)],
    ['subtract', 'count', (form) => count(form).subtract(1)],
    ['multiply', 'count', (form) => count(form).multiply(2)],
    ['addMs', 'at', (form) => at(form).addMs(5)],
    ['addMs', 'ms', (form) => ms(form).addMs(5)],
  ])('%s is refused at once, and nothing is changed', async (verb, name, work) => {
    const form = await Form.create(EMPTY);

    expect(() => work(form)).toThrow(
      errorWith({ code: 'PATH_MISMATCH', found: 'null', command: verb, path: `$["${name}"]`, key: form.key }),
    );

    expect(form.toJSON()).toEqual(EMPTY);
    expect(await backend.commandsSent(() => form.saveChanges())).toEqual([]);
    await expect(form.pipeline(() => work(form))).rejects.toMatchObject({ code: 'PATH_MISMATCH', command: verb });
    expect(form.toJSON()).toEqual(EMPTY);
  });

  test.each<[string, (form: Form) => Promise<unknown>]>([
    ['aappend', (form) => text(form).aappend('x')],
    ['increase', (form) => count(form).increase()],
    ['decrease', (form) => count(form).decrease()],
    ['adjust', (form) => count(form).adjust(1, { max: 3 })],
  ])('%s in Redis is refused with the same error', async (verb, act) => {
    const form = await Form.create(EMPTY);

    await expect(act(form)).rejects.toMatchObject({ code: 'PATH_MISMATCH', command: verb });
    await expect(form.pipeline(() => act(form))).rejects.toMatchObject({ code: 'PATH_MISMATCH', found: 'null', command: verb });

    expect(form.toJSON()).toEqual(EMPTY);
    expect(await backend.json(form.key)).toEqual(EMPTY);
  });

  test('a text that is set to null while it is appended to is null when that is saved', async () => {
    const form = await Form.create({ ...EMPTY, text: 'a' });

    const appended = text(form).aappend('b');
    form.text = null;

    await expect(appended).resolves.toBe('ab');
    expect(text(form).value).toBe('ab');
    await form.saveChanges();
    expect(await backend.json(form.key)).toEqual(EMPTY);
  });

  test('a number that another writer put there is increased, because the answer says what it is then', async () => {
    const form = await Form.create(EMPTY);
    await backend.overwrite(form.key, '$["count"]', 4);

    await expect(count(form).increase(3)).resolves.toBe(7);

    expect(form.count?.value).toBe(7);
  });

  test.each<[string, (form: Form) => unknown]>([
    ['append', (form) => text(form).append(null as never)],
    ['add', (form) => count(form).add(null as never)],
    ['multiply', (form) => count(form).multiply(null as never)],
  ])('null is nothing to %s', async (_verb, work) => {
    const form = await Form.create({ text: 'a', count: 1, at: null, ms: null });

    expect(() => work(form)).toThrow(errorWith({ code: 'VALIDATION' }));

    expect(await backend.commandsSent(() => form.saveChanges())).toEqual([]);
  });
});
