import { IsEmail, Length, Validate, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { AtomicRedisModel, Field, Model } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { expectNoUnhandledRejections } from '../../support/unhandled-rejections';
import { useModels } from '../../support/use-models';

/** Answers later, as a rule that asks another system does. */
@ValidatorConstraint({ async: true })
class IsFree implements ValidatorConstraintInterface {
  async validate(name: string): Promise<boolean> {
    await new Promise((resolve) => setImmediate(resolve));
    return name !== 'taken';
  }
}

/** Part of `Worker`, whose decorators do not ask for the rules of its desk. */
@Model()
class Desk extends AtomicRedisModel {
  @Length(2, 10) @Validate(IsFree) @Field(String) name!: string;
}

@Model()
class Worker extends AtomicRedisModel {
  @IsEmail() @Field(String) email!: string;
  @Validate(IsFree) @Field(String) name!: string;
  @Field(() => Desk) desk!: Desk;
}

const good = { email: 'ada@example.com', name: 'ada', desk: { name: 'oak' } };

/** Each makes the same change: the name of the worker or of the desk. */
const verbs: Record<string, { path: string; change: (worker: Worker, name: string) => Promise<unknown> }> = {
  aupdate: { path: '$.name', change: (worker, name) => worker.aupdate({ name }) },
  save: { path: '$.name', change: (worker, name) => ((worker.name = name), worker.save()) },
  saveChanges: { path: '$.name', change: (worker, name) => ((worker.name = name), worker.saveChanges()) },
  'aupdate of a part': { path: '$.desk.name', change: ({ desk }, name) => desk.aupdate({ name }) },
  'save of a part': { path: '$.desk.name', change: ({ desk }, name) => ((desk.name = name), desk.save()) },
};

describeOnEveryBackend('in pipelines of classes with rules', (backend) => {
  useModels(backend, Worker, Desk);
  expectNoUnhandledRejections();

  describe.each(Object.entries(verbs))('%s', (_name, { path, change }) => {
    const write = async (worker: Worker, ...names: string[]): Promise<unknown> =>
      worker.pipeline(() => {
        for (const name of names) void change(worker, name);
      });

    test('is part of the commit in its place, whether somebody waits for it or not', async () => {
      const worker = await Worker.create(good);

      await write(worker, 'bob', 'eve');

      expect(await backend.json(worker.key, path)).toBe('eve');
      expect(await backend.json(worker.key)).toEqual(worker.toJSON());
    });

    test('is refused with the pipeline by a rule that answers later', async () => {
      const worker = await Worker.create(good);

      await expect(write(worker, 'taken')).rejects.toMatchObject({ code: 'VALIDATION' });

      expect(await backend.json(worker.key)).toEqual(worker.toJSON());
      expect(worker.toJSON()).toMatchObject(good);
    });

    test('is refused by a pipeline around the one in which it stands, as well', async () => {
      const worker = await Worker.create(good);

      await expect(worker.pipeline(() => write(worker, 'taken'))).rejects.toMatchObject({ code: 'VALIDATION' });

      expect(worker.toJSON()).toMatchObject(good);
    });
  });

  const plain: Record<string, (worker: Worker) => Promise<unknown>> = {
    aupdate: (worker) => worker.aupdate({ name: 'bob' }),
    save: (worker) => worker.save(),
    saveChanges: (worker) => worker.saveChanges(),
    'save of a part': ({ desk }) => desk.save(),
  };

  test.each(Object.entries(plain))('%s beside a pipeline of another flow rejects its promise', async (_name, verb) => {
    const worker = await Worker.create(good);
    let end = (): void => undefined;
    const other = worker.pipeline(() => new Promise<void>((resolve) => (end = resolve)));

    const refused = verb(worker);

    await expect(refused).rejects.toMatchObject({ code: 'PIPELINE_BUSY' });
    end();
    await other;
  });

  const broken: Record<string, (worker: Worker) => Promise<unknown>> = {
    aupdate: (worker) => worker.aupdate({ email: 'none' }),
    save: (worker) => ((worker.email = 'none'), worker.save()),
    saveChanges: (worker) => ((worker.email = 'none'), worker.saveChanges()),
    'aupdate of a part': ({ desk }) => desk.aupdate({ name: '' }),
    'save of a part': ({ desk }) => ((desk.name = ''), desk.save()),
  };

  test.each(Object.entries(broken))('%s that breaks a rule refuses its pipeline, also when nobody waits for it', async (_name, breaks) => {
    const worker = await Worker.create(good);
    const seen = jest.fn();

    const refused = worker.pipeline(async () => {
      worker.name = 'bob';
      void breaks(worker);
      await breaks(worker).catch(seen);
    });

    await expect(refused).rejects.toMatchObject({ code: 'VALIDATION' });
    expect(seen).toHaveBeenCalledWith(expect.objectContaining({ code: 'VALIDATION' }));
    expect(await backend.json(worker.key)).toEqual(worker.toJSON());
    expect(worker.toJSON()).toMatchObject(good);
  });
});
