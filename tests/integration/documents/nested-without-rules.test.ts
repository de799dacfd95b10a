import { Length, ValidateNested } from 'class-validator';
import { AtomicRedisModel, Field, list, Model, type RedisList } from 'redatom';
import { Batch } from 'redatom/batch';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Mark extends AtomicRedisModel {
  @Field(String) text!: string;
}

@Model()
class Chart extends AtomicRedisModel {
  @Length(2, 5) @Field(String) name!: string;
  @ValidateNested() @Field(() => Mark) centre!: Mark;
  @ValidateNested({ each: true }) @Field(list(() => Mark)) marks!: RedisList<Mark>;
}

describeOnEveryBackend('a nested model without rules of class-validator', (backend) => {
  useModels(backend, Chart);

  test('has none that could be broken', async () => {
    const chart = await Chart.create({ name: 'Brno', centre: { text: 'x' }, marks: [{ text: 'y' }] });

    await chart.aupdate({ marks: [{ text: 'z' }] });
    await chart.pipeline((same) => same.marks.append({ text: 'last' }));

    expect((await Chart.get(chart.pk)).marks.map(({ text }) => text)).toEqual(['z', 'last']);
  });

  test('adds nothing to what is said of the rules around it', async () => {
    const chart = await Chart.create({ name: 'Brno', centre: { text: 'x' }, marks: [{ text: 'y' }] });
    chart.name = 'B';
    const problems = [expect.objectContaining({ field: 'name' })];

    await expect(chart.saveChanges()).rejects.toMatchObject({ code: 'VALIDATION', problems });
    expect(() => new Batch(true).add(chart, (same) => same.marks.append({ text: 'z' }))).toThrow(
      errorWith({ code: 'VALIDATION', problems }),
    );
  });
});
