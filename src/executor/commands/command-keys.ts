import type { Argument } from './recorded-command';

/** Commands without a key, of those that people send as they are. */
const KEYLESS = new Set(
  (
    'ACL AUTH BGREWRITEAOF BGSAVE CLIENT CLUSTER COMMAND CONFIG DBSIZE DEBUG ECHO FAILOVER FLUSHALL FLUSHDB FUNCTION HELLO INFO KEYS LASTSAVE ' +
    'LATENCY LOLWUT MODULE MONITOR PING PUBLISH PUBSUB RANDOMKEY READONLY READWRITE ROLE SAVE SCAN SCRIPT SHUTDOWN SLOWLOG SWAPDB TIME WAIT WAITAOF'
  ).split(' '),
);

/** Commands with one key, right after their name, whatever follows. */
const ONE_KEY = new Set(
  (
    'GET SET SETEX PSETEX SETNX GETDEL GETEX GETSET APPEND STRLEN GETRANGE SETRANGE INCR INCRBY INCRBYFLOAT DECR DECRBY EXPIRE PEXPIRE EXPIREAT TTL PTTL ' +
    'PERSIST TYPE HSET HGET HMGET HGETALL HDEL HEXISTS HINCRBY HLEN HKEYS HVALS LPUSH RPUSH LPOP RPOP LLEN LRANGE LINDEX LSET LREM LTRIM SADD SREM ' +
    'SISMEMBER SMEMBERS SCARD ZADD ZREM ZSCORE ZRANGE ZCARD ZINCRBY ZRANK XADD XLEN XRANGE XDEL JSON.SET JSON.GET JSON.DEL JSON.TYPE JSON.MERGE ' +
    'JSON.NUMINCRBY JSON.ARRAPPEND JSON.ARRLEN JSON.ARRPOP JSON.ARRTRIM JSON.OBJKEYS JSON.STRAPPEND JSON.TOGGLE JSON.CLEAR'
  ).split(' '),
);

export function hasOneKey(name: string): boolean {
  return ONE_KEY.has(name);
}

/** Commands all of whose arguments are keys. */
const ALL_KEYS = new Set(
  'DEL UNLINK EXISTS TOUCH MGET PFCOUNT PFMERGE SDIFF SINTER SUNION SDIFFSTORE SINTERSTORE SUNIONSTORE WATCH'.split(' '),
);

/** Commands that say how many keys follow, and where they say it. */
const COUNTED: Readonly<Record<string, number>> = {
  ...{ EVAL: 2, EVALSHA: 2, EVAL_RO: 2, EVALSHA_RO: 2, FCALL: 2, FCALL_RO: 2 },
  ...{ LMPOP: 1, ZMPOP: 1, SINTERCARD: 1, ZINTERCARD: 1, ZDIFF: 1, ZINTER: 1, ZUNION: 1 },
};

/** Commands with two keys at the front. */
const TWO_KEYS = new Set('COPY RENAME RENAMENX SMOVE LMOVE RPOPLPUSH GEOSEARCHSTORE ZRANGESTORE LCS'.split(' '));

/** Commands whose key stands after a subcommand. */
const AFTER_SUBCOMMAND = new Set('OBJECT MEMORY XINFO XGROUP'.split(' '));

/** How many arguments stand for one key, in commands that set several. */
const STRIDES: Readonly<Record<string, number>> = { MSET: 2, MSETNX: 2, 'JSON.MSET': 3 };

function range(start: number, endExclusive: number, stride = 1): number[] {
  const positions: number[] = [];
  for (let at = start; at < endExclusive; at += stride) positions.push(at);
  return positions;
}

/** Where a command that is sent as written has its keys. An unknown command is taken to have one, right after its name. */
export function keyPositionsOf(args: readonly Argument[]): number[] {
  const name = String(args[0]).toUpperCase();
  const { length } = args;
  if (KEYLESS.has(name) || name.startsWith('FT.') || length < 2) return [];
  if (ALL_KEYS.has(name)) return range(1, length);
  if (name === 'JSON.MGET') return range(1, length - 1);
  if (TWO_KEYS.has(name)) return range(1, Math.min(3, length));
  if (AFTER_SUBCOMMAND.has(name)) return length > 2 ? [2] : [];
  const stride = STRIDES[name];
  if (stride !== undefined) return range(1, length, stride);
  const countAt = COUNTED[name];
  if (countAt !== undefined) return range(countAt + 1, Math.min(countAt + 1 + Number(args[countAt]), length));
  if (name === 'XREAD' || name === 'XREADGROUP') return streamKeys(args);
  return [1];
}

function streamKeys(args: readonly Argument[]): number[] {
  const first = args.findIndex((arg) => String(arg).toUpperCase() === 'STREAMS') + 1;
  return first === 0 ? [] : range(first, first + Math.floor((args.length - first) / 2));
}
