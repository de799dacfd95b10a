import type { PoolClient, StandaloneClient } from './client-shapes';
import { connectSubscriber, type Link } from './link';

export function standaloneLink(client: StandaloneClient): Link {
  return {
    get isReady() {
      return client.isReady;
    },
    hasSlots: false,
    send: ({ args }, options) => client.sendCommand(args as string[], options),
    primaries: () => Promise.resolve([(args, options) => client.sendCommand(args, options)]),
    openSubscriber: () => connectSubscriber(client.duplicate()),
    close: async () => {
      if (client.isOpen) await client.close();
    },
  };
}

export function poolLink(pool: PoolClient): Link {
  return {
    get isReady() {
      return pool.isOpen;
    },
    hasSlots: false,
    send: ({ args }, options) => pool.sendCommand(args as string[], options),
    primaries: () => Promise.resolve([(args, options) => pool.sendCommand(args, options)]),
    openSubscriber: async () => {
      let opened: Promise<unknown> | undefined;
      await pool.execute((client) => {
        opened = connectSubscriber(client.duplicate());
      });
      return opened as ReturnType<Link['openSubscriber']>;
    },
    close: async () => {
      if (pool.isOpen) await pool.close();
    },
  };
}
