import { Batch, BatchClient } from 'redatom/batch';
import { PipelineOperations, type CommandPipe } from 'redatom/service';
import { describeOnEveryBackend } from '../../support/backends';
import { createUser, User } from '../../support/user';
import { useDatabase } from '../../support/use-models';

type Record = (pipe: CommandPipe) => unknown;

const raw =
  (...args: (string | Buffer)[]): Record =>
  (pipe) =>
    pipe.customCommand(args);

describeOnEveryBackend('a batch over a connection that others share', (backend) => {
  const database = useDatabase(() => backend.target(), [User]);

  const attempts = (record: Record): (() => Promise<unknown>)[] => [
    async () => {
      const batch = new Batch(false);
      record(batch as unknown as CommandPipe);
      return new BatchClient(database()).exec(batch, true, { timeoutMs: 200 });
    },
    () => new PipelineOperations(database(), { timeoutMs: 200 }).execute(record),
    () => new PipelineOperations(database(), { timeoutMs: 200 }).transact(record),
  ];

  test.each<[string, string, Record]>([
    ['SELECT', 'new client', raw('SELECT', '0')],
    ['SELECT', 'new client', raw(Buffer.from(' select '), '0')],
    ['MULTI', 'transact', raw('multi')],
    ['EXEC', 'transact', raw('EXEC')],
    ['DISCARD', 'transact', raw('DISCARD')],
    ['WATCH', 'transact', raw('WATCH', 'k')],
    ['UNWATCH', 'transact', raw('UNWATCH')],
    ['SUBSCRIBE', 'subscribe', raw('SUBSCRIBE', 'x')],
    ['PUNSUBSCRIBE', 'subscribe', raw('PUNSUBSCRIBE')],
    ['SSUBSCRIBE', 'subscribe', raw('SSUBSCRIBE', 'x')],
    ['HELLO', 'new client', raw('HELLO', '2')],
    ['HELLO', 'new client', (pipe) => pipe.hello(2)],
    ['AUTH', 'new client', (pipe) => pipe.auth({ password: 'x' })],
    ['ASKING', 'new client', (pipe) => pipe.asking()],
    ['READONLY', 'new client', (pipe) => pipe.readonly()],
    ['RESET', 'new client', raw('RESET')],
    ['QUIT', 'new client', raw('QUIT')],
    ['MONITOR', 'new client', raw('MONITOR')],
    ['CLIENT REPLY', 'new client', raw('CLIENT', 'REPLY', 'OFF')],
    ['CLIENT REPLY', 'new client', raw('client reply', 'SKIP')],
    ['CLIENT TRACKING', 'new client', raw('CLIENT', Buffer.from('tracking'), 'ON')],
    ['CLIENT SETNAME', 'new client', (pipe) => pipe.clientSetName('mine')],
    ['SCRIPT DEBUG', 'new client', (pipe) => pipe.scriptDebug('YES')],
  ])('refuses %s when it is recorded, and says what to do: %s', async (command, advice, record) => {
    const sent = await backend.commandsSent(async () => {
      for (const attempt of attempts(record)) {
        const refused = attempt();
        await expect(refused).rejects.toMatchObject({ name: 'BatchCommandError', code: 'BATCH_COMMAND', command });
        await expect(refused).rejects.toThrow(advice);
      }
    });
    expect(sent).toEqual([]);
  });

  test.each([[[]], [['']], [[' ']], [[Buffer.alloc(0)]], [undefined], ['GET x']])('refuses %j, which names no command', async (args) => {
    for (const attempt of attempts((pipe) => pipe.customCommand(args as never))) {
      await expect(attempt()).rejects.toMatchObject({ name: 'CommandArgumentError', code: 'COMMAND_ARGUMENT' });
    }
    const user = await createUser();
    const refused = user.pipeline((same, commands) => {
      same.score.add(1);
      commands.customCommand(args as never);
    });
    await expect(refused).rejects.toMatchObject({ code: 'COMMAND_ARGUMENT' });
    expect([user.score.value, user.isStale]).toEqual([0, false]);
    expect((await User.get(user.key)).key).toBe(user.key);
  });

  test('still asks about connections and servers', async () => {
    const batch = new Batch(false).clientId().customCommand(['CLIENT', 'GETNAME']).ping();
    await expect(new BatchClient(database()).exec(batch, true)).resolves.toEqual([expect.any(Number), null, 'PONG']);
  });
});
