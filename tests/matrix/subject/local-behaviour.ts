import { deepEqual, equal, match, notEqual, ok, throws } from 'node:assert/strict';
import { inspect } from 'node:util';
import { ValidationError } from 'redatom';
import { accountOf } from './expected';
import { Account, Address, AddressPage, Constructed, Greeter, Role, Secretive, VipAccount } from './models';
import type { Check } from './verdict';

const ada = { name: 'ada', age: 36 };

function fillEverything(account: Account): void {
  account.email = 'ada@example.com';
  account.active = false;
  account.balance = -5n;
  account.secret = Buffer.from('key');
  account.role = Role.Admin;
  account.mark = 2;
  account.nick = 'countess';
  account.since = new Date(1000);
  account.score.value = 7;
  account.title.value = 'Notes';
  account.tags.push('a', 'b');
  account.tags[0] = 'c';
  account.limits['daily'] = 3;
  account.update({ home: { city: 'London' }, places: [{ city: 'Paris', floor: 2 }] });
  account.byName.set('work', Address.build({ city: 'Bath' }));
}

const filled = {
  ...accountOf('ada'),
  email: 'ada@example.com',
  active: false,
  balance: '-5',
  secret: 'a2V5',
  role: 'admin',
  mark: 2,
  nick: 'countess',
  since: '1970-01-01T00:00:01.000Z',
  score: 7,
  title: 'Notes',
  tags: ['c', 'b'],
  limits: { daily: 3 },
  home: { city: 'London', zip: null, floor: 0 },
  places: [{ city: 'Paris', zip: null, floor: 2 }],
  byName: { work: { city: 'Bath', zip: null, floor: 0 } },
};

/** What needs no server. */
export const localChecks: Readonly<Record<string, Check>> = {
  'build gives every field its default, parents first': () => {
    const account = Account.build(ada);
    deepEqual(account.toJSON(), accountOf('ada'));
    deepEqual(Object.keys(account.toJSON()), Object.keys(accountOf('ada')));
  },
  'new does the same': () => {
    deepEqual(new Account(ada).toJSON(), accountOf('ada'));
    equal(new Account(ada).key, 'acct:ada');
  },
  'given values win over initialisers': () => {
    for (const account of [Account.build({ ...ada, email: 'x', active: false }), new Account({ ...ada, email: 'x', active: false })]) {
      equal(account.email, 'x');
      equal(account.active, false);
    }
  },
  'initialisers run anew for each instance': () => {
    notEqual(new Account(ada).since, new Account(ada).since);
    notEqual(Account.build(ada).since, Account.build(ada).since);
  },
  'assignments reach the document': () => {
    for (const account of [Account.build(ada), new Account(ada)]) {
      fillEverything(account);
      deepEqual(account.toJSON(), filled);
      equal(account.summary, 'ada <ada@example.com> 2');
    }
  },
  'wrong values are refused at assignment': () => {
    for (const account of [Account.build(ada), new Account(ada)]) {
      throws(() => (account.age = NaN), ValidationError);
      throws(() => ((account as { age: unknown }).age = 'old'), ValidationError);
      throws(() => ((account as { role: unknown }).role = 'king'), ValidationError);
      equal(account.age, 36);
      equal(account.role, Role.Guest);
    }
  },
  'all missing fields are listed': () => {
    throws(
      () => Account.build({}),
      (error: unknown) => error instanceof ValidationError && error.problems.map(({ field }) => field).join() === 'name,age',
    );
    throws(() => new Account({}), ValidationError);
  },
  'values have their runtime types': () => {
    const account = new Account({ ...ada, home: { city: 'London' } });
    ok(account.since instanceof Date);
    ok(account.secret instanceof Uint8Array);
    ok(account.home instanceof Address);
    ok(Array.isArray(account.tags));
    equal(typeof account.balance, 'bigint');
    equal(account.home.label, 'London, floor 0');
    equal(account.seen.getTime(), 0);
    deepEqual([...account.blob], [7]);
  },
  'a subclass inherits fields and overrides initialisers': () => {
    for (const vip of [VipAccount.build(ada), new VipAccount(ada)]) {
      deepEqual(vip.toJSON(), { ...accountOf('ada'), email: 'vip@example.com', discount: 10 });
      equal(vip.key, 'VipAccount:ada');
      ok(vip instanceof Account);
    }
    equal(Account.build(ada).email, 'nobody@example.com');
  },
  'private names work': () => {
    for (const secretive of [Secretive.build(), new Secretive()]) {
      deepEqual([secretive.read(), secretive.read()], [41, 42]);
      secretive.total = 1;
      equal(secretive.read(), 4);
    }
  },
  'a property that is a function sees the fields': () => {
    for (const greeter of [Greeter.build({ who: 'ada' }), new Greeter({ who: 'ada' })]) {
      const { greet } = greeter;
      greeter.who = 'bob';
      equal(greet(), 'hello bob');
      deepEqual(greeter.toJSON(), { who: 'bob' });
    }
  },
  'a constructor of its own runs': () => {
    for (const made of [Constructed.build({ title: 't' }), new Constructed({ title: 't' })]) {
      deepEqual(made.made, ['by its constructor']);
      equal(made.title, 't');
      made.title = 'u';
      deepEqual(made.toJSON(), { title: 'u' });
    }
  },
  'a class from a factory has typed items': () => {
    for (const page of [AddressPage.build({ items: [{ city: 'Rome' }] }), new AddressPage({ items: [{ city: 'Rome' }] })]) {
      deepEqual(page.toJSON(), { cursor: 'start', items: [{ city: 'Rome', zip: null, floor: 0 }], total: 0 });
      ok(page.items[0] instanceof Address);
      equal(AddressPage.keyOf('1'), 'addresses:1');
    }
  },
  'plain views are detached and printable': () => {
    for (const account of [Account.build(ada), new Account(ada)]) {
      const plain = account.toObject();
      ok(plain.since instanceof Date);
      equal(plain.balance, 10n ** 20n);
      plain.tags.push('x');
      equal(account.tags.length, 0);
      structuredClone(plain);
      equal(JSON.stringify(account), JSON.stringify(accountOf('ada')));
      match(inspect(account), /^Account {\s+since: 1970-01-02T00:00:00.000Z,\s+notes: { made: 'by an initialiser' },\s+version: 0,/);
    }
  },
  'fields are no own properties that could hide them': () => {
    for (const account of [Account.build(ada), new Account(ada)]) deepEqual(Object.keys(account), []);
  },
};
