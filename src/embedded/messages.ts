/** The error texts of the embedded server, word for word as real servers write them. Those of searches are in a file of their own. */

/** Faults in JSON text; a position is added to each. */
export const jsonFault = {
  endInList: 'EOF while parsing a list',
  endInObject: 'EOF while parsing an object',
  endInString: 'EOF while parsing a string',
  endInValue: 'EOF while parsing a value',
  colon: 'expected `:`',
  listSeparator: 'expected `,` or `]`',
  objectSeparator: 'expected `,` or `}`',
  identifier: 'expected ident',
  value: 'expected value',
  escape: 'invalid escape',
  number: 'invalid number',
  numberRange: 'number out of range',
  controlCharacter: 'control character (\\u0000-\\u001F) found while parsing a string',
  nameNotText: 'key must be a string',
  loneSurrogate: 'lone leading surrogate in hex escape',
  endOfHexEscape: 'unexpected end of hex escape',
  trailingComma: 'trailing comma',
  trailingCharacters: 'trailing characters',
  depth: 'recursion limit exceeded',
} as const;

export const jsonFaultAt = (fault: string, line: number, column: number): string => `${fault} at line ${line} column ${column}`;

/** Faults in paths. */
export const invalidPath = {
  expected: (path: string, position: number, expected: readonly string[]): string => {
    const reason = `expected one of the following: ${expected.join(', ')}`;
    const marked = position === path.length ? `${path} <<<<----` : `${path.slice(0, position)} ---->>>> ${path.slice(position)}`;
    return `Error occurred on position ${position}, "${marked}", ${reason}.`;
  },
  number: (text: string): string => `ERR number '${text}' in the path is out of range`,
} as const;

export const locationCrash = (token: string): string => `ERR '${token}' is not an index of the array that an earlier change put there`;

/** Bytes that are not a request. */
export const protocolFault = {
  lineTooLong: 'ERR Protocol error: too big inline request',
  multibulkLength: 'ERR Protocol error: invalid multibulk length',
  bulkLength: 'ERR Protocol error: invalid bulk length',
  expectedBulk: (found: string): string => `ERR Protocol error: expected '$', got '${found}'`,
} as const;

/** Faults that many commands share. */
export const fault = {
  syntax: 'ERR syntax error',
  /** The server's text, followed by the word that is not understood, which the server does not name. */
  unexpected: (text: string, word: string | undefined, command: string): string =>
    `${text}, unexpected ${word === undefined ? 'end of' : `'${word.slice(0, 128)}' in`} ${command}`,
  wrongType: 'WRONGTYPE Operation against a key holding the wrong kind of value',
  notInteger: 'ERR value is not an integer or out of range',
  notFloat: 'ERR value is not a valid float',
  noSuchKey: 'ERR no such key',
  overflow: 'ERR increment or decrement would overflow',
  nanOrInfinity: 'ERR increment would produce NaN or Infinity',
  decrementOverflow: 'ERR decrement would overflow',
  indexOutOfRange: 'ERR index out of range',
  offsetOutOfRange: 'ERR offset is out of range',
  stringTooLong: 'ERR string exceeds maximum allowed size (proto-max-bulk-len)',
  sameObject: 'ERR source and destination objects are the same',
  databaseOutOfRange: 'ERR DB index is out of range',
  invalidSwap: (which: 'first' | 'second'): string => `ERR invalid ${which} DB index`,
  invalidCursor: 'ERR invalid cursor',
  unknownCommand: (name: string, args: readonly string[]): string => {
    let shown = '';
    for (const arg of args) if (shown.length < 128) shown += `'${arg.slice(0, 128 - shown.length)}' `;
    return `ERR unknown command '${name.slice(0, 128)}', with args beginning with: ${shown}`;
  },
  unknownSubcommand: (name: string, command: string): string => `ERR unknown subcommand '${name}'. Try ${command.toUpperCase()} HELP.`,
  arity: (name: string): string => `ERR wrong number of arguments for '${name}' command`,
  invalidExpire: (name: string): string => `ERR invalid expire time in '${name}' command`,
  expireOptions: 'ERR NX and XX, GT or LT options at the same time are not compatible',
  expireGtLt: 'ERR GT and LT options at the same time are not compatible',
  noSuchCommand: 'ERR Invalid command specified',
  noKeyArguments: 'ERR The command has no key arguments',
  keyArity: 'ERR Invalid number of arguments specified for command',
  unsupportedOption: (option: string): string => `ERR Unsupported option ${option}`,
  internal: (command: string, text: string): string => `ERR the embedded server failed in '${command}': ${text}`,
  unsupported: (what: string): string => `ERR the embedded server does not support ${what}`,
  hashNotInteger: 'ERR hash value is not an integer',
  notFinite: 'ERR value is NaN or Infinity',
  hashNotFloat: 'ERR hash value is not a float',
  zaddOptions: 'ERR XX and NX options at the same time are not compatible',
  zaddComparisons: 'ERR GT, LT, and/or NX options at the same time are not compatible',
  zaddIncrement: 'ERR INCR option supports a single increment-element pair',
  scoreNotNumber: 'ERR resulting score is not a number (NaN)',
  scoreRange: 'ERR min or max is not a float',
  lexRange: 'ERR min or max not valid string range item',
  limitWithoutBy: 'ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX',
  scoresWithLex: 'ERR syntax error, WITHSCORES not supported in combination with BYLEX',
  onlyHscan: 'ERR NOVALUES option can only be used in HSCAN',
  removalCount: 'ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807',
  timeoutNotInteger: 'ERR timeout is not an integer or out of range',
  timeoutNegative: 'ERR timeout is negative',
  countNotPositive: 'ERR value is out of range, must be positive',
} as const;

/** Sessions, transactions, subscriptions. */
export const sessionFault = {
  noAuth: 'NOAUTH Authentication required.',
  noPassword:
    'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
  wrongPassword: 'WRONGPASS invalid username-password pair or user is disabled.',
  helloAuth:
    'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
  protocolVersion: 'NOPROTO unsupported protocol version',
  protocolNotInteger: 'ERR Protocol version is not an integer or out of range',
  helloOption: (option: string): string => `ERR Syntax error in HELLO option '${option}'`,
  clientName: 'ERR Client names cannot contain spaces, newlines or special characters.',
  nestedMulti: 'ERR MULTI calls can not be nested',
  execWithoutMulti: 'ERR EXEC without MULTI',
  discardWithoutMulti: 'ERR DISCARD without MULTI',
  watchInMulti: 'ERR WATCH inside MULTI is not allowed',
  execAborted: 'EXECABORT Transaction discarded because of previous errors.',
  execRefused: (text: string): string => `EXECABORT Transaction discarded because of: ${text.replace(/^ERR /, '')}`,
  notInMulti: 'ERR Command not allowed inside a transaction',
  onlyListens: (name: string): string =>
    `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
  noSuchClient: 'ERR No such client',
  clientId: 'ERR client-id should be greater than 0',
  noSuchUser: (name: string): string => `ERR No such user '${name}'`,
  clientType: (name: string): string => `ERR Unknown client type '${name}'`,
  invalidClientId: 'ERR Invalid client ID',
  clientOption: (name: string): string => `ERR Unrecognized option '${name}'`,
  clientOptionText: (name: string): string => `ERR ${name} cannot contain spaces, newlines or special characters.`,
  configOption: (name: string): string => `ERR Unknown option or number of arguments for CONFIG SET - '${name}'`,
} as const;

/** Clusters. */
export const clusterFault = {
  disabled: 'ERR This instance has cluster support disabled',
  crossSlot: "CROSSSLOT Keys in request don't hash to the same slot",
  moved: (slot: number, address: string): string => `MOVED ${slot} ${address}`,
  select: 'ERR SELECT is not allowed in cluster mode',
  invalidSlot: 'ERR Invalid slot',
  scriptMoved: 'ERR Script attempted to access a non local key in a cluster node',
} as const;

/** Scripts. */
export const scriptFault = {
  noScript: 'NOSCRIPT No matching script. Please use EVAL.',
  keyCountNegative: "ERR Number of keys can't be negative",
  keyCountTooLarge: "ERR Number of keys can't be greater than number of args",
  unknownCommand: 'ERR Unknown Redis command called from script',
  arity: 'ERR Wrong number of args calling Redis command from script',
  notAllowed: 'ERR This Redis command is not allowed from script',
  noArguments: 'ERR Please specify at least one argument for this redis lib call',
  argumentType: 'ERR Lua redis lib command arguments must be strings or integers',
  respVersion: 'ERR RESP version must be 2 or 3.',
  notRunning: 'ERR redis.call outside of a script',
  unknownError: 'ERR unknown error',
  raised: (text: string): string => `ERR ${text}`,
  singleText: 'ERR wrong number or type of arguments',
  argumentCount: 'ERR wrong number of arguments',
  oneArgument: (name: string): string => `ERR ${name}() requires one argument.`,
  logArguments: 'ERR redis.log() requires two arguments or more.',
  logNoLevel: 'ERR First argument must be a number (log level).',
  logLevel: 'ERR Invalid log level.',
  replicationFlags: 'ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.',
  unknownToAccess: 'ERR Invalid command passed to redis.acl_check_cmd()',
  writeInReadOnly: 'ERR Write commands are not allowed from read-only scripts.',
  compilation: (text: string): string => `ERR Error compiling script (new function): ${text}`,
  at: (text: string, sha: string, line: number): string => `${text} script: ${sha}, on @user_script:${line}.`,
  flushOption: 'ERR SCRIPT FLUSH only support SYNC|ASYNC option',
} as const;

/** Faults of the JSON commands. */
export const documentFault = {
  wrongKeyType: 'Existing key has wrong Redis type',
  notUtf8: "Couldn't parse as UTF-8 string",
  notInteger: "Couldn't parse as integer",
  noKey: "ERR could not perform this operation on a key that doesn't exist",
  newAtRoot: 'ERR new objects must be created at the root',
  formatOnResp2: 'ERR FORMAT argument is not supported on RESP2',
  replyFormat: 'ERR wrong reply format',
  format: 'ERR wrong format',
  bson: 'ERR FORMAT BSON is not supported by the embedded server',
  legacyFormat: 'Legacy paths are supported only with FORMAT STRINGS',
  staticPath: 'Err wrong static path',
  lastStep: 'Err path must end with object key to set',
  arrayIndex: 'ERR array index out of range',
  indexBounds: 'ERR index out of bounds',
  notNumber: 'bad input number',
  resultNotNumber: 'ERR result is not a number',
  unknownDebug: 'ERR unknown subcommand - try `JSON.DEBUG HELP`',
  noPathAtAll: 'ERR Path does not exist',
  prefixed: (text: string): string => `ERR ${text}`,
  noPath: (path: string): string => `ERR Path '${path}' does not exist`,
  noPathOr: (path: string, or: string): string => `ERR Path '${path}' does not exist or ${or}`,
  expected: (kind: string, found: string): string => `WRONGTYPE wrong type of path value - expected ${kind} but found ${found}`,
} as const;

/** Faults in Lua source and while it runs. */
export const luaFault = {
  unexpected: 'unexpected symbol',
  malformedNumber: 'malformed number',
  unfinishedString: 'unfinished string',
  unfinishedLong: 'unfinished long string',
  escapeTooLarge: 'escape sequence too large',
  expectedName: '<name> expected',
  expectedArguments: 'function arguments expected',
  varargsOutside: "cannot use '...' outside a vararg function",
  breakOutside: 'no loop to break',
  tooManyLevels: 'chunk has too many syntax levels',
  expected: (symbol: string): string => `'${symbol}' expected`,
  toClose: (symbol: string, opened: string, line: number): string => `'${symbol}' expected (to close '${opened}' at line ${line})`,
  operation: (verb: string, what: string, type: string): string =>
    what === '' ? `attempt to ${verb} a ${type} value` : `attempt to ${verb} ${what} (a ${type} value)`,
  compare: (left: string, right: string): string =>
    left === right ? `attempt to compare two ${left} values` : `attempt to compare ${left} with ${right}`,
  forNumber: (part: string): string => `'for' ${part} must be a number`,
  indexNil: 'table index is nil',
  indexNan: 'table index is NaN',
  readOnlyTable: 'Attempt to modify a readonly table',
  stackOverflow: 'stack overflow',
  textTooLong: 'string length overflow',
  runsTooLong: 'script ran longer than 30 s',
  loop: (what: string): string => `loop in ${what}`,
  unknownGlobal: (name: string): string => `Script attempted to access nonexistent global variable '${name}'`,
  badArgument: (index: number, name: string, message: string): string => `bad argument #${index} to '${name}' (${message})`,
  expectedValue: 'value expected',
  noValue: 'no value',
  replacementType: 'string/function/table expected',
  expectedType: (expected: string, found: string): string => `${expected} expected, got ${found}`,
  noCoroutines: (name: string): string => `the embedded server does not support coroutine.${name}`,
  invalidNext: "invalid key to 'next'",
  readerResult: 'reader function must return a string',
  assertion: 'assertion failed!',
  errorInHandler: 'error in error handling',
  argumentCount: 'wrong number of arguments',
  expectedMetatable: 'nil or table expected',
  protectedMetatable: 'cannot change a protected metatable',
  toStringResult: "'tostring' must return a string to 'print'",
  baseRange: 'base out of range',
  selectRange: 'index out of range',
  tooManyResults: 'too many results to unpack',
  invalidConcat: (index: number, type: string): string => `invalid value (${type}) at index ${index} in table for 'concat'`,
  wrongInsert: "wrong number of arguments to 'insert'",
  invalidOrder: 'invalid order function for sorting',
  emptyInterval: 'interval is empty',
  repeatedFlags: 'invalid format (repeated flags)',
  formatTooLong: 'invalid format (width or precision too long)',
  invalidOption: (option: string): string => `invalid option '%${option}' to 'format'`,
  invalidReplacement: (type: string): string => `invalid replacement value (a ${type})`,
  captureIndex: 'invalid capture index',
  patternEnds: "malformed pattern (ends with '%')",
  patternBracket: "malformed pattern (missing ']')",
  patternBalance: 'unbalanced pattern',
  patternFrontier: "missing '[' after '%f' in pattern",
  patternCapture: 'unfinished capture',
  tooManyCaptures: 'too many captures',
  invalidPatternCapture: 'invalid pattern capture',
  charRange: 'invalid value',
  resultTooLong: 'resulting string too large',
  sliceTooLong: 'stack overflow (string slice too long)',
  obsolete: (name: string): string => `'${name}' is obsolete`,
} as const;

/** Faults of the JSON library in scripts. */
export const cjsonFault = {
  unsupported: 'type not supported',
  oneArgument: 'expected 1 argument',
  wideCharacters: 'JSON parser does not support UTF-16 or UTF-32',
  notFinite: 'must not be NaN or Inf',
  sparse: 'excessively sparse array',
  badKey: 'table key must be a number or string',
  cannotSerialise: (type: string, why: string): string => `Cannot serialise ${type}: ${why}`,
  tooDeep: (limit: number): string => `Cannot serialise, excessive nesting (${limit + 1})`,
  tooManyNested: (limit: number, position: number): string =>
    `Found too many nested data structures (${limit + 1}) at character ${position}`,
  unexpected: (expected: string, found: string, position: number): string =>
    `Expected ${expected} but found ${found} at character ${position}`,
} as const;

/** Faults of the MessagePack library in scripts. */
export const messagePackFault = {
  badData: 'Bad data format in input.',
  missingBytes: 'Missing bytes in input.',
  invalidRequest: (offset: number, length: number): string => `Invalid request to unpack with offset of ${offset} and limit of ${length}.`,
  offsetTooLarge: (offset: number, length: number): string => `Start offset ${offset} greater than input length ${length}.`,
  noArguments: 'MessagePack pack needs input.',
} as const;
