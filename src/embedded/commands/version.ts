/** The version that the server reports, whose behaviour it follows. */
export const SERVER_VERSION = '7.4.1';
export const PRODUCT_NAME = 'redis';
/** The modules that the server reports as loaded. */
export const MODULES = [
  { name: 'search', version: 21005 },
  { name: 'ReJSON', version: 20803 },
] as const;
