import { createClient } from 'redis';

async function main(url: string, key: string): Promise<void> {
  const client = createClient({ url });
  await client.connect();
  const user = (await client.json.get(key)) as { name: string };
  process.stdout.write(`${user.name}\n`);
  await client.close();
}

void main(process.argv[2] ?? '', process.argv[3] ?? '');
