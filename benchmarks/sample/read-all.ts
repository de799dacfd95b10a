import type { AddressData, OrderData, StoredUser } from './user-data';

/** What the documents of all contenders have in common. `score` and `avatar` are passed separately, because their types differ. */
export interface ReadableUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly age: number;
  readonly active: boolean;
  readonly createdAt: Date;
  readonly tags: ArrayLike<string>;
  readonly settings: Readonly<Record<string, string>>;
  readonly address: Readonly<AddressData>;
  readonly orders: ArrayLike<Readonly<OrderData>>;
}

/** Reads each of the 12 fields, and an element of each collection. The sum is compared with the model's. */
export function readAll(user: ReadableUser, score: number, avatar: Uint8Array): number {
  const { tags, settings, address, orders } = user;
  return (
    user.id.length +
    user.name.length +
    user.email.length +
    user.age +
    score +
    (user.active ? 1 : 0) +
    (user.createdAt.getTime() % 1000) +
    tags.length +
    (tags[3]?.length ?? 0) +
    (settings['key7']?.length ?? 0) +
    address.city.length +
    orders.length +
    (orders[2]?.quantity ?? 0) +
    avatar.length +
    (avatar[7] ?? 0)
  );
}

/** What reading a document gives, computed from its stored form. */
export function readStored(user: StoredUser): number {
  return readAll({ ...user, createdAt: new Date(user.createdAt) }, user.score, Buffer.from(user.avatar, 'base64'));
}
