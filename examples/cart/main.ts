import { connect } from 'redatom';
import { createClient } from 'redis';
import { runExample } from '../support/run-example';
import { Cart, Product } from './models';
import { addToCart, InsufficientStockError, removeFromCart } from './shopping';

const STOCK = { teapot: 40, cup: 150, spoon: 90 };
const PRICES = { teapot: 4900, cup: 900, spoon: 350 };
const CUSTOMERS = 60;

type Sku = keyof typeof STOCK;
const SKUS = Object.keys(STOCK) as Sku[];

async function cart(url: string): Promise<boolean> {
  await using _db = await connect(url, { models: [Cart, Product] });
  const customers = Array.from({ length: CUSTOMERS }, (_, index) => `customer-${index + 1}`);
  await Cart.deleteMany(customers);
  await Product.deleteMany(SKUS);
  await Product.insertMany(SKUS.map((sku) => ({ sku, stock: STOCK[sku], priceCents: PRICES[sku] })));
  await Cart.insertMany(customers.map((customer) => ({ customer })));
  try {
    const bought = await Promise.all(customers.map(shop));
    const refusals = bought.reduce((sum, refused) => sum + refused, 0);
    console.log(`${CUSTOMERS} customers are done; ${refusals} times the stock was too small`);
    return await isRight(url, customers);
  } finally {
    await Cart.deleteMany(customers);
    await Product.deleteMany(SKUS);
  }
}

/** Acts as one customer: takes some of everything, and puts something back. Resolves to how often the stock was too small. */
async function shop(customer: string, position: number): Promise<number> {
  const [mine, ...products] = await Promise.all([Cart.get(customer), ...SKUS.map((sku) => Product.get(sku))]);
  let refusals = 0;
  for (const product of products) {
    for (const quantity of [2, 1, 3]) {
      try {
        const lineId = await addToCart(mine, product, quantity);
        if (position % 4 === 0 && quantity === 2) await removeFromCart(mine, product, lineId);
      } catch (error) {
        if (!(error instanceof InsufficientStockError)) throw error;
        refusals += 1;
      }
    }
  }
  return refusals;
}

interface StoredCart {
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly priceCents: number }[];
  readonly totalCents: number;
}

/** Checks stock against carts, both read with plain node-redis. */
async function isRight(url: string, customers: readonly string[]): Promise<boolean> {
  const client = await createClient({ url }).connect();
  const read = async <T>(key: string): Promise<T> => JSON.parse(await client.sendCommand<string>(['JSON.GET', key])) as T;
  const carts = await Promise.all(customers.map((customer) => read<StoredCart>(Cart.keyOf(customer))));
  const products = await Promise.all(SKUS.map((sku) => read<{ stock: number }>(Product.keyOf(sku))));
  await client.close();

  const lines = carts.flatMap((one) => one.lines);
  const problems = SKUS.flatMap((sku, index) => {
    const sold = lines.filter((line) => line.sku === sku).reduce((sum, { quantity }) => sum + quantity, 0);
    const left = products[index]?.stock ?? NaN;
    console.log(`  ${sku}: ${STOCK[sku]} at first, ${sold} in carts, ${left} left`);
    return left >= 0 && sold + left === STOCK[sku] ? [] : [sku];
  });
  const wrongTotals = carts.filter((one) => one.lines.reduce((sum, line) => sum + line.quantity * line.priceCents, 0) !== one.totalCents);
  console.log(
    `cart: ${problems.length} of ${SKUS.length} products oversold or lost, ${wrongTotals.length} of ${carts.length} totals wrong`,
  );
  return problems.length === 0 && wrongTotals.length === 0;
}

runExample(cart);
