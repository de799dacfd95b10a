/** What the server says it is: the version whose behaviour it follows. */
export const SERVER_VERSION = '7.4.1';
export const PRODUCT_NAME = 'redis';
