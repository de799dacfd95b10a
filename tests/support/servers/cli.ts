import { startServer, type Flavour, type Server } from './index';

/** `npm run server [-- redis-stack|valkey]`: runs one server until it is interrupted or the server ends. An unknown flavour is refused with a list of the available ones. */
async function main(): Promise<void> {
  const flavour = process.argv[2] as Flavour | undefined;
  const server = await startServer(flavour === undefined ? {} : { flavour });
  process.stdout.write(`${server.url}  ${server.name} ${server.version}, ${placeOf(server)}; Ctrl-C ends it\n`);
  const end = (): void => {
    clearInterval(watch);
    void server.stop();
  };
  const watch = setInterval(() => {
    if (server.pid === undefined || isAlive(server.pid)) return;
    process.exitCode = 1;
    end();
  }, 500);
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

function placeOf({ pid, flavour }: Server): string {
  if (pid !== undefined) return `process ${pid}`;
  return flavour === 'embedded' ? 'in this process' : 'in a container';
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
