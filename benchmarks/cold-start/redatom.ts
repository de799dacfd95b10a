import { connect } from 'redatom';
import { User } from '../contenders/redatom-models';

async function main(url: string, key: string): Promise<void> {
  const connection = await connect(url, { models: [User] });
  const user = await User.get(key);
  process.stdout.write(`${user.name}\n`);
  await connection.close();
}

void main(process.argv[2] ?? '', process.argv[3] ?? '');
