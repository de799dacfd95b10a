import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { SchemaError, SearchUnavailableError, VersionConflictError } from 'redatom';
import { accountOf } from './expected';
import { Account, Address, AddressPage, Constructed, Greeter, Role, Secretive, VipAccount } from './models';
import type { Check } from './verdict';

/** A pk that no other run has. */
const pk = `ada-${process.pid}-${Date.now()}`;
const ada = { name: pk, age: 36 };

async function made(): Promise<Account> {
  await Account.deleteByKey(pk);
  return Account.create(ada);
}

/** What is written and read back. */
export const storedChecks: Readonly<Record<string, Check>> = {
  'create and get': async () => {
    const account = await made();
    const loaded = await Account.get(pk);
    deepEqual(account.toJSON(), { ...accountOf(pk), version: 1 });
    deepEqual(loaded.toJSON(), account.toJSON());
    ok(loaded instanceof Account);
    ok(loaded.since instanceof Date);
    deepEqual([...loaded.secret], [1, 2, 255]);
    equal(loaded.balance, 10n ** 20n);
    equal(loaded.role, Role.Guest);
    equal(loaded.summary, `${pk} <nobody@example.com> 0`);
  },
  'stored values win over initialisers': async () => {
    await Account.deleteByKey(pk);
    await new Account({ ...ada, email: 'stored', active: false, since: new Date(5) }).save();
    const loaded = await Account.get(pk);
    equal(loaded.email, 'stored');
    equal(loaded.active, false);
    equal(loaded.since.getTime(), 5);
    loaded.email = 'local';
    await loaded.load();
    equal(loaded.email, 'stored');
  },
  // Only database 0 has indexes, and the runs use others, so each search fails; but that the class marks fields is checked first.
  'fields that are marked can be searched': async () => {
    const where = { email: 'a', tags: 'b', home: { city: 'c' } };
    await rejects(Account.findBy(where, { orderBy: { email: 'asc' } }), SearchUnavailableError);
    await rejects(VipAccount.findBy(where, { orderBy: { email: 'desc' } }), SearchUnavailableError);
    await rejects(AddressPage.findBy({ items: { city: 'c' } }), SearchUnavailableError);
    await rejects(Greeter.findBy({}), SchemaError);
  },
  'verbs at once': async () => {
    const account = await made();
    equal(await account.score.increase(5), 5);
    equal(await account.tags.aappend('x'), 1);
    await account.limits.asetItem('daily', 2);
    await account.title.aappend('!');
    await account.aupdate({ home: { city: 'London' }, places: [{ city: 'Paris' }] });
    equal((await account.field('age').increase()) as unknown, 37);
    const expected = {
      ...account.toJSON(),
      score: 5,
      tags: ['x'],
      limits: { daily: 2 },
      title: 'untitled!',
      age: 37,
      home: { city: 'London', zip: null, floor: 0 },
    };
    deepEqual(account.toJSON(), expected);
    deepEqual((await Account.get(pk)).toJSON(), expected);
  },
  'a pipeline of assignments and verbs': async () => {
    await made();
    for (const read of [() => Account.get(pk), () => new Account(ada).load()]) {
      const account = await read();
      await account.pipeline((it) => {
        it.email = 'piped';
        it.score.add(2);
        it.tags.append('y');
        it.home = Address.build({ city: 'Oslo' });
        it.limits['hourly'] = 9;
      });
      deepEqual((await Account.get(pk)).toJSON(), account.toJSON());
      equal(account.email, 'piped');
      equal(account.home?.label, 'Oslo, floor 0');
    }
    equal((await Account.get(pk)).score.value, 4);
  },
  'changes are saved, nested ones too': async () => {
    await made();
    const account = await Account.get(pk);
    account.home = Address.build({ city: 'Oslo' });
    account.places.push(Address.build({ city: 'Rome' }));
    (account.places[0] as Address).floor = 4;
    account.home.zip = '0150';
    account.since.setTime(77);
    await account.saveChanges();
    const loaded = await Account.get(pk);
    deepEqual(loaded.home?.toJSON(), { city: 'Oslo', zip: '0150', floor: 0 });
    equal(loaded.places[0]?.floor, 4);
    equal(loaded.since.getTime(), 77);
  },
  'versions count, and the older writer is refused': async () => {
    await made();
    const [one, other] = [await Account.get(pk), await Account.get(pk)];
    one.age = 1;
    await one.saveChanges();
    equal(one.version, 2);
    other.age = 2;
    await rejects(other.saveChanges(), VersionConflictError);
    equal(await Account.transact(pk, (it) => (it.age += 10)), 11);
  },
  'a lock reloads and saves at the end': async () => {
    const account = await made();
    await account.withLock(
      'edit',
      (it) => {
        it.nick = 'locked';
      },
      { saveAtEnd: true },
    );
    equal((await Account.get(pk)).nick, 'locked');
  },
  'a subclass is stored under its own prefix': async () => {
    const vip = await VipAccount.create(ada);
    const loaded = await VipAccount.get(vip.key);
    equal(loaded.discount, 10);
    equal(loaded.email, 'vip@example.com');
    ok(await vip.delete());
  },
  'loaded instances have private names, functions and what constructors make': async () => {
    const secretive = await Secretive.create({ total: 1 });
    equal((await Secretive.get(secretive.key)).read(), 2);
    const greeter = await Greeter.create({ who: 'ada' });
    const { greet } = await Greeter.get(greeter.key);
    equal(greet(), 'hello ada');
    const constructed = await Constructed.create({ title: 't' });
    const again = await Constructed.get(constructed.key);
    deepEqual([again.title, again.made], ['t', ['by its constructor']]);
    for (const it of [secretive, greeter, constructed]) await it.delete();
  },
  'models that name one another are loaded with their classes': async () => {
    const page = await AddressPage.create({ items: [{ city: 'Rome' }], total: 1 });
    const loaded = await AddressPage.get(page.key);
    equal(loaded.items[0]?.label, 'Rome, floor 0');
    equal(loaded.total, 1);
    await loaded.delete();
  },
  'nothing is left': async () => {
    ok(await Account.deleteByKey(pk));
  },
};
