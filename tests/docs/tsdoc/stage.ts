import { connect, type Database } from 'redatom';
import { Account, Address, Order, Post, User } from './models';

/** What an example has to work with when it begins. */
export interface Stage {
  readonly db: Database;
  readonly user: User;
  readonly post: Post;
  readonly from: Account;
  readonly to: Account;
}

/** Binds the models of the examples to a server and stores one document of each. */
export async function setStage(url: string): Promise<Stage> {
  const db = await connect(url, { models: [Account, Address, Order, Post, User] });
  await Order.insertMany([
    { id: 'o1', total: 100, tags: ['gift'] },
    { id: 'o2', total: 250, shop: { city: 'Rome' } },
    { id: 'o3', total: 20, status: 'paid' },
  ]);
  return {
    db,
    user: await User.create({ username: 'ada', email: 'ada@example.com', tags: ['admin'] }),
    post: await Post.create({
      id: '1',
      title: 'Redis',
      writtenAt: new Date('2026-03-05T09:30:00.000Z'),
      offices: { main: { city: 'Rome' } },
    }),
    from: await Account.create({ owner: 'ada', balance: 500 }),
    to: await Account.create({ owner: 'bob' }),
  };
}
