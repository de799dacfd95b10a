import type { Connect, ContenderName } from '../contenders/contender';

/** Loads only one contender, so that a process holds only its library. */
export async function loadContender(name: ContenderName): Promise<Connect> {
  switch (name) {
    case 'raw':
      return (await import('../contenders/raw.js')).connect;
    case 'default':
      return (await import('../contenders/default.js')).connect;
    case 'redis-om':
      return (await import('../contenders/redis-om.js')).connect;
    case 'redatom':
      return (await import('../contenders/redatom.js')).connect;
  }
}
