import { connect as open } from 'redatom';
import { readAll } from '../sample/read-all';
import type { UserData } from '../sample/user-data';
import type { Connect, Contender, Step } from './contender';
import { User } from './redatom-models';

type Connection = Awaited<ReturnType<typeof open>>;

/** redatom through its public API, as a user of its README would write it. */
class Redatom implements Contender<User> {
  constructor(private readonly connection: Connection) {}

  get(key: string): Promise<User> {
    return User.get(key);
  }

  read(user: User): number {
    return readAll(user, user.score.value, user.avatar);
  }

  async save(data: UserData): Promise<void> {
    await User.build(data).save();
  }

  async setName(_key: string, user: User, name: string): Promise<void> {
    await user.aupdate({ name });
  }

  append(_key: string, user: User, tag: string): Promise<number> {
    return user.tags.aappend(tag);
  }

  increment(_key: string, user: User, by: number): Promise<number> {
    return user.score.increase(by);
  }

  async pipeline(_key: string, user: User, steps: readonly Step[]): Promise<void> {
    await user.pipeline((fresh) => {
      for (const step of steps) apply(fresh, step);
    });
  }

  async withLock(key: string, name: string): Promise<void> {
    await User.withLockFromKey(
      key,
      'bench',
      (user) => {
        user.age += 1;
        user.name = name;
      },
      { saveAtEnd: true },
    );
  }

  async insertMany(users: readonly UserData[]): Promise<void> {
    await User.insertMany(users);
  }

  async getMany(keys: readonly string[]): Promise<User[]> {
    return (await User.getMany(keys)).found;
  }

  async indexScores(): Promise<void> {
    await User.createIndex();
  }

  findByScore(from: number, below: number): Promise<User[]> {
    return User.findBy({ score: { $gte: from, $lt: below } });
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    await User.deleteMany(keys);
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}

function apply(user: User, step: Step): void {
  switch (step.kind) {
    case 'increment':
      user.score.add(step.by);
      return;
    case 'append':
      user.tags.append(step.item);
      return;
    case 'set-item':
      user.settings[step.name] = step.value;
      return;
    case 'set-name':
      user.name = step.value;
  }
}

export const connect: Connect = async (url) => new Redatom(await open(url, { models: [User] }));
