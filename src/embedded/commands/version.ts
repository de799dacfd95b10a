/** What the server says it is: the version whose behaviour it follows. */
export const serverVersion = '7.4.1';
export const productName = 'redis';
