import { AtomicRedisModel, connect, Field, Index, Model } from 'redatom';
import { useCluster } from './support/use-cluster';

@Model()
class Note extends AtomicRedisModel {
  @Index() @Field(String) topic!: string;
}

describe('a search on a cluster', () => {
  const at = useCluster();

  test('is refused, because each server would look among its own documents only', async () => {
    const database = await connect(at.client, { models: [Note] });

    for (const call of [() => Note.createIndex(), () => Note.findBy({ topic: 'x' }), () => Note.countBy({})])
      await expect(call()).rejects.toMatchObject({
        code: 'SEARCH_UNAVAILABLE',
        model: 'Note',
        message: expect.stringMatching(/is to a cluster/) as string,
      });
    await database.close();
  });
});
