import { expectTypeOf } from 'expect-type';
import { AtomicRedisModel, Field, Model } from 'redatom';

/** Methods of a model may be called on a subclass. */
@Model()
export class Person extends AtomicRedisModel {
  @Field(String) email!: string;
  @Field(Number) age!: number;

  moveTo(email: string): void {
    const person = this as Person;
    person.update({ email });
    expectTypeOf(person.aupdate({ email })).resolves.toEqualTypeOf<Person>();
    expectTypeOf(person.field('age').increase(2)).resolves.toBeNumber();
    expectTypeOf(person.toObject().email).toBeString();
    // @ts-expect-error -- wrong type
    person.update({ email: 1 });
  }
}
