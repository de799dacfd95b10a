import { RedatomError, type CommandPipe } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createMember, Member } from '../../support/user';

describeOnEveryBackend('a pipeline', (backend) => {
  useModels(backend, Member);

  test.each([
    ['BLPOP', (commands: CommandPipe) => commands.blPop('{club}q', 1)],
    ['XREAD', (commands: CommandPipe) => commands.xRead({ key: '{club}s', id: '$' }, { BLOCK: 10 })],
    ['COPY', (commands: CommandPipe) => commands.copy('{club}a', '{club}b', { DB: 1 })],
    ['FLUSHALL', (commands: CommandPipe) => commands.flushAll()],
    ['MULTI', (commands: CommandPipe) => commands.customCommand(['multi'])],
    ['SUBSCRIBE', (commands: CommandPipe) => commands.customCommand(['SUBSCRIBE', 'news'])],
    ['EVAL', (commands: CommandPipe) => commands.eval('return 1')],
    ['CONFIG', (commands: CommandPipe) => commands.configGet('*')],
    ['FT.DROPINDEX', (commands: CommandPipe) => commands.ft.dropIndex('{club}index', { DD: true })],
    ['FT.CREATE', (commands: CommandPipe) => commands.ft.create('{club}index', {})],
    ['FT.CONFIG', (commands: CommandPipe) => commands.ft.configSet('MINPREFIX', '2')],
    ['FT.ALIASADD', (commands: CommandPipe) => commands.customCommand(['FT.ALIASADD', 'alias', '{club}index'])],
    ['MEMORY', (commands: CommandPipe) => commands.customCommand(['MEMORY', 'PURGE'])],
    ['NOSUCH', (commands: CommandPipe) => commands.customCommand(['NOSUCH', 'x'], { keys: [] })],
  ])('refuses the command %s by name before anything is sent', async (command, record) => {
    const member = await createMember();

    const sent = await backend.commandsSent(async () => {
      const refused = member.pipeline((same, commands) => {
        same.score.add(1);
        record(commands);
      });
      await expect(refused).rejects.toMatchObject({ name: 'PipelineCommandError', code: 'PIPELINE_COMMAND', command });
    });

    expect(sent).toEqual([]);
    expect(member.score.value).toBe(0);
  });

  test('takes commands that name no key where they change nothing', async () => {
    const member = await createMember();

    const { replies } = await member.pipeline((_, commands) => commands.ping().time().customCommand(['ECHO', 'x'], { write: false }));

    expect(replies).toEqual(['PONG', expect.anything(), 'x']);
  });

  test.each([
    ['FT.AGGREGATE', (commands: CommandPipe) => commands.ft.aggregate('{club}index', '*')],
    ['FT.SEARCH', (commands: CommandPipe) => commands.ft.searchNoContent('{club}index', '*')],
    ['FT.CURSOR', (commands: CommandPipe) => commands.ft.cursorRead('{club}index', 1)],
    ['FT.CONFIG', (commands: CommandPipe) => commands.ft.configGet('*')],
    ['TS.MGET', (commands: CommandPipe) => commands.ts.mGetWithLabels('club=1')],
    ['TS.MRANGE', (commands: CommandPipe) => commands.ts.mRangeWithLabels('-', '+', 'club=1')],
  ])('leaves it to the server whether it can %s, which changes nothing', async (_, record) => {
    const member = await createMember();

    const outcome = await member.pipeline((__, commands) => record(commands)).catch(({ code }: RedatomError) => code);

    expect(outcome).not.toBe('PIPELINE_COMMAND');
  });

  test('says of commands that name no key how to record those that change nothing', async () => {
    const refused = (await createMember()).pipeline((_, commands) => commands.customCommand(['ECHO', 'x']));

    await expect(refused).rejects.toThrow(
      'ECHO cannot be part of a pipeline: it changes what no key names, unless { write: false } denies that; send it by itself',
    );
  });

  test('refuses each command that waits, and each that this server runs in no script', async () => {
    const member = await createMember();
    const listed = await backend.send<[string, number, string[]][]>('COMMAND');
    const optional = ['xread', 'xreadgroup'];
    const unfit = listed.filter(
      ([name, , flags]) => ['noscript', 'blocking'].some((flag) => [...flags].includes(flag)) && !optional.includes(name),
    );

    const passed: string[] = [];
    for (const [name] of unfit) {
      const outcome = await member.pipeline((_, commands) => commands.customCommand([name, '{club}x'])).catch((error: unknown) => error);
      if (!(outcome instanceof RedatomError && outcome.code === 'PIPELINE_COMMAND')) passed.push(name);
    }

    expect(passed).toEqual([]);
  });
});
