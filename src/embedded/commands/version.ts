/** What the server says it is: the version whose behaviour it follows. */
export const SERVER_VERSION = '7.4.1';
export const PRODUCT_NAME = 'redis';
/** Loaded modules whose commands are known here. */
export const MODULES = [
  { name: 'search', version: 21005 },
  { name: 'ReJSON', version: 20803 },
] as const;
