import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { TcpProxy } from '../../support/tcp-proxy';
import { describeOnOwnServers } from '../support/own-servers';

const PROGRAM = join(__dirname, '../support/closing-program.ts');

describeOnOwnServers('a pool that is closed', (server) => {
  const faults: [string, (proxy: TcpProxy) => unknown][] = [
    ['is gone', (proxy) => proxy.goAway()],
    ['is silent', (proxy) => proxy.holdAnswers()],
    ['is there', () => undefined],
  ];

  test.each(faults)(
    'lets its process end when the server %s',
    async (_, happen) => {
      const proxy = await TcpProxy.start(server().url);
      const program = spawn(process.execPath, ['--import', 'tsx', PROGRAM, new URL(proxy.url).port], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      await once(program.stdout, 'data');
      await happen(proxy);
      program.stdin.write('go\n');
      try {
        const [code] = (await once(program, 'exit', { signal: AbortSignal.timeout(20_000) })) as [number | null];
        expect(code).toBe(0);
      } finally {
        program.kill('SIGKILL');
        await proxy.close();
      }
    },
    40_000,
  );
});
