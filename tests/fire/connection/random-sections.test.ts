import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { AtomicRedisModel, connect, Field, Key, Model, Version, type CallOptions, type LockOptions, type ModelType } from 'redatom';
import { TcpProxy } from '../../support/tcp-proxy';
import { describeOnOwnServers, type OwnServer } from '../support/own-servers';
import {
  codeOfSection,
  expectTruth,
  letHappen,
  newMark,
  randomFault,
  type RandomFault,
  type Told,
  type Wrote,
} from '../support/random-faults';
import { untilConnected } from '../support/until-connected';

interface Register extends AtomicRedisModel {
  text: string;
  count: number;
}

/** A class of its own for each connection, as if each were in a process of its own. */
function lockedRegister(): ModelType<Register> {
  @Model({ prefix: 'register' })
  class LockedRegister extends AtomicRedisModel {
    @Key() @Field(String) name!: string;
    @Field(String, { default: '' }) text!: string;
    @Field(Number, { default: 0 }) count!: number;
  }
  return LockedRegister;
}

function versionedRegister(): ModelType<Register> {
  @Model({ prefix: 'register' })
  class VersionedRegister extends AtomicRedisModel {
    @Key() @Field(String) name!: string;
    @Field(String, { default: '' }) text!: string;
    @Field(Number, { default: 0 }) count!: number;
    @Version() version!: number;
  }
  return VersionedRegister;
}

/** Reads, and writes a value made from what it read: overwriting another section's change removes that section's mark. */
function change(register: Register, mark: string): void {
  register.text += mark;
  register.count += 1;
}

type Section = (model: ModelType<Register>, mark: string, wrote: Wrote) => Promise<unknown>;

const CALL: CallOptions = { timeoutMs: 150 };
const LOCK: LockOptions = { ttlMs: 300, waitMs: 400 };

const LOCKED = {
  'saved at the end': (model, mark) => model.withLockFromKey('one', 'write', (fresh) => change(fresh, mark), { ...LOCK, saveAtEnd: true }),
  'saved inside': (model, mark, wrote) =>
    model.withLockFromKey(
      'one',
      'write',
      async (fresh) => {
        change(fresh, mark);
        await wrote(fresh.save(CALL));
      },
      LOCK,
    ),
  'a pipeline inside': (model, mark, wrote) =>
    model.withLockFromKey('one', 'write', (fresh) => wrote(fresh.pipeline(() => change(fresh, mark), CALL)), LOCK),
  'a handle': async (model, mark, wrote) => {
    await using handle = await model.lockFromKey('one', 'write', LOCK);
    change(handle.document, mark);
    await wrote(handle.document.saveChanges(CALL));
  },
} satisfies Record<string, Section>;

const VERSIONED = {
  ...LOCKED,
  'a transaction': (model, mark) => model.transact('one', (fresh) => change(fresh, mark), { retries: 3, timeoutMs: 300 }),
  'read and saved': async (model, mark) => {
    const fresh = await model.get('one', CALL);
    change(fresh, mark);
    await fresh.save(CALL);
  },
} satisfies Record<string, Section>;

interface Step {
  readonly name: string;
  /** Happens to the next request of this connection that contains the text `request`. */
  readonly fault: RandomFault;
  readonly request: string;
}

const stepsOf = (sections: Record<string, Section>): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      name: fc.constantFrom(...Object.keys(sections)),
      fault: randomFault,
      request: fc.constantFrom('', 'one', '<'),
    }),
    { minLength: 1, maxLength: 4 },
  );

/** Runs the sections of one process, one after the other, over a connection that fails. */
async function runProcess(
  server: OwnServer,
  model: ModelType<Register>,
  sections: Record<string, Section>,
  steps: readonly Step[],
): Promise<Told[]> {
  const proxy = await TcpProxy.start(server.url);
  const database = await untilConnected(() => connect({ url: proxy.url, timeoutMs: 1_000 }, { models: [model] }));
  const told: Told[] = [];
  try {
    for (const { name, fault, request } of steps) {
      await letHappen(fault, { server, proxy, request });
      const mark = newMark();
      told.push({ call: name, code: await codeOfSection((wrote) => (sections[name] as Section)(model, mark, wrote)), mark });
    }
  } finally {
    await database.close();
    await proxy.close();
  }
  return told;
}

interface Stored {
  readonly text: string;
  readonly count: number;
  readonly version?: number;
}

function expectAllThere({ text, count, version = count }: Stored): void {
  const marks = text.match(/<\d+>/g) ?? [];
  expect({ text, count, version }).toEqual({ text: marks.join(''), count: marks.length, version: marks.length });
}

describeOnOwnServers('changes of what was read, over connections that fail at random', (server) => {
  const KINDS = [
    { of: 'with locks', newModel: lockedRegister, sections: LOCKED, init: {} },
    { of: 'with versions', newModel: versionedRegister, sections: VERSIONED, init: { version: 0 } },
  ];

  test.each(KINDS)('$of: each is done once, not at all, or unknown, and none is lost', async ({ newModel, sections, init }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(stepsOf(sections), { minLength: 2, maxLength: 3 }), async (programs) => {
        await server().send('JSON.SET', 'register:one', '$', JSON.stringify({ name: 'one', text: '', count: 0, ...init }));
        const told = await Promise.all(programs.map((steps) => runProcess(server(), newModel(), sections, steps)));
        await sleep(20);
        const stored = (await server().json<Stored>('register:one')) as Stored;
        expectAllThere(stored);
        expectTruth(stored.text, told.flat());
        const model = newModel();
        const database = await connect(server().url, { models: [model] });
        // Nobody keeps the lock for longer than its lease.
        expect(await model.withLockFromKey('one', 'write', () => 'free', { waitMs: 2_000 })).toBe('free');
        await database.close();
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });
});
