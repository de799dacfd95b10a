import { Batch, BatchClient } from 'redatom/batch';
import { PipelineOperations, type CommandPipe } from 'redatom/service';
import { describeOnEveryBackend } from '../../support/backends';
import { createMember, Member } from '../../support/user';
import { useDatabase } from '../../support/use-models';

type Record = (pipe: CommandPipe) => unknown;

/** As JavaScript calls it, without types. */
const anyPipe = (pipe: CommandPipe): { [name: string]: (...values: unknown[]) => unknown } => pipe as never;

const WRONG: [string, Record, { command: string; message: string }][] = [
  [
    'a number in a raw command',
    (pipe) => anyPipe(pipe)['customCommand']?.(['SET', '{club}x', 1]),
    { command: 'SET', message: 'SET expects text or bytes as argument 2, found the number 1; nothing was sent' },
  ],
  [
    'nothing in a raw command',
    (pipe) => anyPipe(pipe)['customCommand']?.(['SET', '{club}x', undefined]),
    { command: 'SET', message: 'SET expects text or bytes as argument 2, found nothing; nothing was sent' },
  ],
  [
    'a number as the name of a command',
    (pipe) => anyPipe(pipe)['customCommand']?.([5, '{club}x']),
    { command: 'a command', message: 'a command expects its name first, found the number 5; nothing was sent' },
  ],
  [
    'a number as an item',
    (pipe) => anyPipe(pipe)['rPush']?.('{club}list', 5),
    { command: 'RPUSH', message: 'RPUSH expects text or bytes as argument 2, found the number 5; nothing was sent' },
  ],
  [
    'a value that is left out',
    (pipe) => anyPipe(pipe)['set']?.('{club}a'),
    { command: 'SET', message: 'SET expects text or bytes as argument 2, found nothing; nothing was sent' },
  ],
  ['an object', (pipe) => anyPipe(pipe)['set']?.('{club}a', {}), { command: 'SET', message: 'argument 2, found an object' }],
  ['a member that is null', (pipe) => anyPipe(pipe)['hSet']?.('{club}h', { a: null }), { command: 'HSET', message: 'found null' }],
  ['a member that is undefined', (pipe) => anyPipe(pipe)['hSet']?.('{club}h', { a: undefined }), { command: 'HSET', message: 'nothing' }],
  ['a key that is none', (pipe) => anyPipe(pipe)['getDel']?.(undefined), { command: 'GETDEL', message: 'argument 1, found nothing' }],
  [
    'text that is no Unicode',
    (pipe) => pipe.set('{club}a', 'broken \ud800'),
    { command: 'SET', message: 'SET expects well-formed Unicode as argument 2, found the text' },
  ],
  ['a key that is no Unicode', (pipe) => pipe.get('{club}\udfff'), { command: 'GET', message: 'well-formed Unicode as argument 1' }],
  [
    'a text for the keys of a raw command',
    (pipe) => pipe.customCommand(['GET', '{club}a'], { keys: '{club}a' as never }),
    { command: 'GET', message: 'GET expects its keys as a list, found the text "{club}a"; nothing was sent' },
  ],
  ['arguments that are left out', (pipe) => anyPipe(pipe)['zAdd']?.('{club}z'), { command: 'zAdd()', message: 'zAdd() expects' }],
  [
    'a namespace',
    (pipe) => (pipe.json as unknown as { strLen(key: unknown): unknown }).strLen(7),
    { command: 'JSON.STRLEN', message: 'argument 1, found the number 7' },
  ],
];

describeOnEveryBackend('an argument that is neither text nor bytes', (backend) => {
  const database = useDatabase(() => backend.target(), [Member]);

  test.each(WRONG)('refuses %s in a batch, of which nothing is sent then', async (_what, record, { command, message }) => {
    const member = await createMember({ score: 1 });
    const attempt = (isAtomic: boolean) => async (): Promise<unknown> => {
      const batch = new Batch(isAtomic).set('{club}before', '1').add(member, (same) => same.score.add(1));
      try {
        record(batch as unknown as CommandPipe);
        return await new BatchClient(database()).exec(batch.set('{club}after', '1'), true);
      } finally {
        batch.clear();
      }
    };
    const sent = await backend.commandsSent(async () => {
      for (const run of [attempt(true), attempt(false)]) {
        const refused = run();
        await expect(refused).rejects.toMatchObject({ name: 'CommandArgumentError', code: 'COMMAND_ARGUMENT', command });
        await expect(refused).rejects.toThrow(message);
      }
    });
    expect(sent).toEqual([]);
    expect([member.score.value, member.isStale]).toEqual([1, false]);
  });

  test.each(WRONG)('refuses %s in a transaction, which then does not run', async (_what, record, { command }) => {
    const work = (pipe: CommandPipe): void => {
      pipe.decrBy('{club}from', 100);
      record(pipe);
      pipe.incrBy('{club}to', 100);
    };
    const operations = new PipelineOperations(database());
    for (const run of [operations.transact(work), operations.transact(work, { watch: ['{club}from'] }), operations.execute(work)]) {
      await expect(run).rejects.toMatchObject({ code: 'COMMAND_ARGUMENT', command });
    }
    expect(await backend.send('EXISTS', '{club}from', '{club}to')).toBe(0);
  });

  test.each(WRONG)('refuses %s in a pipeline, whose changes are undone', async (_what, record, { command }) => {
    const member = await createMember();
    const sent = await backend.commandsSent(async () => {
      const refused = member.pipeline((same, commands) => {
        same.score.add(1);
        record(commands);
      });
      await expect(refused).rejects.toMatchObject({ code: 'COMMAND_ARGUMENT', command });
    });
    expect(sent).toEqual([]);
    expect([member.score.value, member.isStale]).toEqual([0, false]);
  });

  test.each<[string, unknown[], string]>([
    ['a key that is a number', ['return 1', [1], []], 'key 0 of a script must be text, found the number 1'],
    ['a key for keys', ['return 1', 'key', []], 'the keys of a script must be a list, found the text "key"'],
    ['text for arguments', ['return 1', [], 'value'], 'the arguments of a script must be a list, found the text "value"'],
    ['no script', [undefined, [], []], 'a script must be text, found nothing'],
  ])('refuses %s for a script', async (_what, [script, keys, args], message) => {
    const operations = new PipelineOperations(database());
    const sent = await backend.commandsSent(async () => {
      await expect(operations.evalScript(script as never, keys as never, args as never)).rejects.toThrow(new TypeError(message));
    });
    expect(sent).toEqual([]);
  });

  test('that says how many keys follow is left to the server to judge, however large it is', async () => {
    const batch = new Batch(false).customCommand(['EVAL', 'return 1', '4294967295', '{club}a']).get('{club}none');
    await expect(new BatchClient(database()).exec(batch, false)).resolves.toEqual([
      expect.objectContaining({ code: 'REDIS_SERVICE', command: 'EVAL' }),
      null,
    ]);
  });

  test('takes bytes of every kind', async () => {
    const bytes = new Uint8Array([0x61, 0, 0xff]);
    const batch = new Batch(true)
      .set('{club}bytes', bytes as Buffer)
      .strLen('{club}bytes')
      .customCommand(['APPEND', new TextEncoder().encode('{club}bytes'), bytes.subarray(1)]);
    await expect(new BatchClient(database()).exec(batch, true)).resolves.toEqual(['OK', 3, 5]);
  });
});
