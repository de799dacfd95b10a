import { randomUUID } from 'node:crypto';
import { CommitRefusedError, pipeline } from 'redatom';
import type { Cart, Product } from './models';

/** There are fewer items than a customer wants. Nothing was reserved. */
export class InsufficientStockError extends Error {
  override readonly name = 'InsufficientStockError';

  constructor(
    readonly sku: string,
    readonly wanted: number,
    cause: CommitRefusedError,
  ) {
    super(`${wanted} of ${sku} are wanted, and the stock is too small`, { cause });
  }
}

/**
 * Moves items from the stock into a cart: both documents change, or neither.
 *
 * @throws {@link InsufficientStockError} there are not enough items.
 */
export async function addToCart(cart: Cart, product: Product, quantity: number): Promise<string> {
  const id = randomUUID();
  const { sku, priceCents } = product;
  try {
    await pipeline([cart, product], async () => {
      await product.stock.adjust(-quantity, { min: 0 });
      cart.lines.append({ id, sku, quantity, priceCents });
      cart.totalCents.add(quantity * priceCents);
    });
  } catch (error) {
    if (error instanceof CommitRefusedError && error.reason === 'below-min') throw new InsufficientStockError(sku, quantity, error);
    throw error;
  }
  return id;
}

/** Returns the items of a line to the stock: both documents change, or neither. Resolves to whether the cart had the line. */
export async function removeFromCart(cart: Cart, product: Product, lineId: string): Promise<boolean> {
  const line = cart.lines.find(({ id }) => id === lineId);
  if (line === undefined) return false;
  const { quantity, priceCents } = line;
  await pipeline([cart, product], () => {
    cart.lines.remove(line);
    cart.totalCents.subtract(quantity * priceCents);
    product.stock.add(quantity);
  });
  return true;
}
