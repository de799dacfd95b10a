/** What a script can be given: Redis knows only text and bytes, and a number has one text. */
export type ScriptArgument = string | number | Buffer;

/** Arguments as they are sent. Refuses what has no one text that everybody expects: booleans, null, objects, numbers that are none. */
export function scriptArguments(args: readonly ScriptArgument[]): (string | Buffer)[] {
  return args.map((arg: unknown, index) => {
    if (typeof arg === 'string' || Buffer.isBuffer(arg)) return arg;
    if (typeof arg === 'number' && Number.isFinite(arg)) return String(arg);
    const found = arg === null || typeof arg === 'number' ? String(arg) : typeof arg;
    throw new TypeError(`argument ${index} of a script must be text, a finite number or a Buffer, found ${found}`);
  });
}
