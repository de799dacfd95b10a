import { Pool, proxy } from 'redatom/tree';

/** A process of its own that ends when nothing keeps it alive: it reports that it is connected, waits for a line, and closes its pool. */
async function main(): Promise<void> {
  await Pool.instance().reload({ host: '127.0.0.1', port: Number(process.argv[2]), timeoutSeconds: 0.5 });
  const node = proxy('shop');
  await node.val();
  process.stdout.write('connected\n');
  await new Promise((resume) => process.stdin.once('data', resume));
  process.stdin.destroy();
  // Each of these calls asks for one more connection.
  await Promise.allSettled([node.val(), node.val(), node.val()]);
  await Pool.instance().close();
}

void main();
