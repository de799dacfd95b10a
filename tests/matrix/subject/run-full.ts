import { judge } from './main';

/** The verdict as JSON, printed when this file is run. */
export const result: Promise<string> = judge().then((verdict) => JSON.stringify(verdict));
void result.then((text) => process.stdout.write(text));
