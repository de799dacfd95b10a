import { connect } from '../contenders/redis-om';

async function main(url: string, key: string): Promise<void> {
  const contender = await connect(url);
  const user = (await contender.get(key)) as { name: string };
  process.stdout.write(`${user.name}\n`);
  await contender.close();
}

void main(process.argv[2] ?? '', process.argv[3] ?? '');
