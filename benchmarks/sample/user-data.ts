export interface AddressData {
  street: string;
  city: string;
  zip: string;
  country: string;
}

export interface OrderData {
  sku: string;
  title: string;
  quantity: number;
  price: number;
}

/** The document of every workload: 12 fields, 1.2 kB of JSON. */
export interface UserData {
  id: string;
  name: string;
  email: string;
  age: number;
  score: number;
  active: boolean;
  createdAt: Date;
  tags: string[];
  settings: Record<string, string>;
  address: AddressData;
  orders: OrderData[];
  avatar: Uint8Array;
}

/** The same as it is stored: the date as ISO 8601 text, the bytes in base64. */
export interface StoredUser extends Omit<UserData, 'createdAt' | 'avatar'> {
  createdAt: string;
  avatar: string;
}
