import { createClient } from 'redis';

async function main(url: string, key: string): Promise<void> {
  const client = createClient({ url, commandOptions: { timeout: undefined } });
  await client.connect();
  const user = JSON.parse((await client.sendCommand<string | null>(['JSON.GET', key])) ?? 'null') as { name: string };
  process.stdout.write(`${user.name}\n`);
  await client.close();
}

void main(process.argv[2] ?? '', process.argv[3] ?? '');
