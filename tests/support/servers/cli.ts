import { startServer, type Flavour } from './index';

/** `npm run server [-- redis-stack|valkey]`: one server until interrupted. A wrong word is answered with those that there are. */
async function main(): Promise<void> {
  const flavour = process.argv[2] as Flavour | undefined;
  const server = await startServer(flavour === undefined ? {} : { flavour });
  process.stdout.write(`${server.url}  ${server.name} ${server.version}, process ${server.pid ?? 'in a container'}; Ctrl-C ends it\n`);
  const keepRunning = setInterval(() => undefined, 2 ** 30);
  const end = (): void => {
    clearInterval(keepRunning);
    void server.stop();
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
