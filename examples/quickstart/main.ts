import { isDeepStrictEqual } from 'node:util';
import { connect } from 'redatom';
import { runExample } from '../support/run-example';
import { User } from './models';

async function quickstart(url: string): Promise<boolean> {
  await using _db = await connect(url, { models: [User] });
  await User.deleteByKey('ada');

  const user = await User.create({ username: 'ada', email: 'ada@example.com', tags: ['admin'] }); // JSON.SET … NX
  const same = await User.get('User:ada'); // JSON.GET

  await user.tags.aappend('redis'); // JSON.ARRAPPEND User:ada $.tags "\"redis\""
  await user.score.increase(5); // JSON.NUMINCRBY User:ada $.score 5
  await user.settings.asetItem('theme', 'dark'); // JSON.SET User:ada $.settings.theme "\"dark\""

  // One commit: checked first, then all of it is applied, or nothing.
  await user.pipeline(async (u) => {
    u.score.add(100);
    u.tags.append('staff');
    u.tags[0] = 'root';
    u.settings['lang'] = 'en';
    u.email = 'ada@lovelace.org';
  });

  // Exclusive for this action, on the document as it is now. The commit is refused if the lock was lost.
  await user.withLock(
    'profile',
    (u) => {
      if (u.score.value >= 100) u.tags.append('centurion');
    },
    { saveAtEnd: true },
  );

  await same.load();
  console.log(same);
  return isDeepStrictEqual(same.toObject(), expected);
}

const expected = {
  username: 'ada',
  email: 'ada@lovelace.org',
  score: 105,
  tags: ['root', 'redis', 'staff', 'centurion'],
  settings: { theme: 'dark', lang: 'en' },
  address: null,
};

runExample(quickstart);
