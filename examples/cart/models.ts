import { AtomicRedisModel, Field, Key, list, Model, RedisInt, RedisList } from 'redatom';

// The hash tag puts both models into one slot of a cluster, so that one commit can change a cart and a product.

@Model({ hashTag: 'shop' })
export class Product extends AtomicRedisModel {
  @Key() @Field(String) sku!: string;
  @Field(Number) priceCents!: number;
  @Field(RedisInt) stock!: RedisInt;
}

@Model()
export class CartLine extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(String) sku!: string;
  @Field(Number) quantity!: number;
  @Field(Number) priceCents!: number;
}

@Model({ hashTag: 'shop', ttl: 24 * 3600 })
export class Cart extends AtomicRedisModel {
  @Key() @Field(String) customer!: string;
  @Field(list(() => CartLine)) lines!: RedisList<CartLine>;
  @Field(RedisInt) totalCents!: RedisInt;
}
