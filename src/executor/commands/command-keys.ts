import type { Argument } from './recorded-command';

/** Finds the positions of the keys of a command. */
type Rule = (args: readonly Argument[]) => number[];

function every(stride: number, { start = 1, butLast = 0 } = {}): Rule {
  return ({ length }) => range(start, length - butLast, stride);
}

/** As many keys as an argument says, right after that argument. */
function counted(countAt: number): Rule {
  return (args) => range(countAt + 1, Math.min(args.length, countAt + 1 + Number(args[countAt])));
}

/** The first argument, and the key in which the command is told to store its result. */
const andStored: Rule = (args) => [1, ...range(2, args.length).filter((at) => /^(STORE|STOREDIST)$/i.test(String(args[at - 1])))];

/** The first half of the arguments after the word STREAMS. */
const ofStreams: Rule = (args) => {
  const first = args.findIndex((arg) => String(arg).toUpperCase() === 'STREAMS') + 1;
  return first === 0 ? [] : range(first, first + Math.floor((args.length - first) / 2));
};

const first: Rule = () => [1];

const none: Rule = () => [];

/** The commands of Redis and of RedisJSON, by the positions of their keys. */
const RULES: readonly (readonly [rule: Rule, names: string])[] = [
  [
    none,
    'ACL AUTH BGREWRITEAOF BGSAVE CLIENT CLUSTER COMMAND CONFIG DBSIZE DEBUG ECHO FAILOVER FLUSHALL FLUSHDB FUNCTION HELLO INFO KEYS LASTSAVE LATENCY ' +
      'LOLWUT MODULE MONITOR PING PUBLISH PUBSUB RANDOMKEY READONLY READWRITE ROLE SAVE SCAN SCRIPT SHUTDOWN SLOWLOG SWAPDB TIME WAIT WAITAOF',
  ],
  [
    first,
    'APPEND BITCOUNT BITFIELD BITFIELD_RO BITPOS DECR DECRBY DUMP EXPIRE EXPIREAT EXPIRETIME GEOADD GEODIST GEOHASH GEOPOS GEORADIUSBYMEMBER_RO ' +
      'GEORADIUS_RO GEOSEARCH GET GETBIT GETDEL GETEX GETRANGE GETSET HDEL HEXISTS HEXPIRE HEXPIREAT HEXPIRETIME HGET HGETALL HGETDEL HGETEX HINCRBY ' +
      'HINCRBYFLOAT HKEYS HLEN HMGET HMSET HPERSIST HPEXPIRE HPEXPIREAT HPEXPIRETIME HPTTL HRANDFIELD HSCAN HSET HSETEX HSETNX HSTRLEN HTTL HVALS ' +
      'INCR INCRBY INCRBYFLOAT LINDEX LINSERT LLEN LPOP LPOS LPUSH LPUSHX LRANGE LREM LSET LTRIM MOVE PERSIST PEXPIRE PEXPIREAT PEXPIRETIME PFADD ' +
      'PSETEX PTTL RESTORE RPOP RPUSH RPUSHX SADD SCARD SET SETBIT SETEX SETNX SETRANGE SISMEMBER SMEMBERS SMISMEMBER SPOP SRANDMEMBER SREM SSCAN ' +
      'STRLEN SUBSTR TTL TYPE XACK XADD XAUTOCLAIM XCLAIM XDEL XLEN XPENDING XRANGE XREVRANGE XSETID XTRIM ZADD ZCARD ZCOUNT ZINCRBY ZLEXCOUNT ' +
      'ZMSCORE ZPOPMAX ZPOPMIN ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZRANK ZREM ZREMRANGEBYLEX ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREVRANGE ' +
      'ZREVRANGEBYLEX ZREVRANGEBYSCORE ZREVRANK ZSCAN ZSCORE JSON.ARRAPPEND JSON.ARRINDEX JSON.ARRINSERT JSON.ARRLEN JSON.ARRPOP JSON.ARRTRIM ' +
      'JSON.CLEAR JSON.DEL JSON.FORGET JSON.GET JSON.MERGE JSON.NUMINCRBY JSON.NUMMULTBY JSON.NUMPOWBY JSON.OBJKEYS JSON.OBJLEN JSON.RESP JSON.SET ' +
      'JSON.STRAPPEND JSON.STRLEN JSON.TOGGLE JSON.TYPE',
  ],
  [() => [1, 2], 'COPY RENAME RENAMENX SMOVE LMOVE BLMOVE RPOPLPUSH BRPOPLPUSH GEOSEARCHSTORE ZRANGESTORE LCS'],
  [() => [2], 'OBJECT MEMORY XINFO XGROUP JSON.DEBUG'],
  [every(1), 'DEL UNLINK EXISTS TOUCH MGET PFCOUNT PFMERGE SDIFF SINTER SUNION SDIFFSTORE SINTERSTORE SUNIONSTORE WATCH'],
  [every(1, { start: 2 }), 'BITOP'],
  [every(1, { butLast: 1 }), 'JSON.MGET BLPOP BRPOP BZPOPMIN BZPOPMAX'],
  [every(2), 'MSET MSETNX'],
  [every(3), 'JSON.MSET'],
  [counted(1), 'LMPOP ZMPOP SINTERCARD ZINTERCARD ZDIFF ZINTER ZUNION'],
  [counted(2), 'EVAL EVALSHA EVAL_RO EVALSHA_RO FCALL FCALL_RO BLMPOP BZMPOP'],
  [(args) => [1, ...counted(2)(args)], 'ZDIFFSTORE ZINTERSTORE ZUNIONSTORE'],
  [andStored, 'SORT SORT_RO GEORADIUS GEORADIUSBYMEMBER'],
  [ofStreams, 'XREAD XREADGROUP'],
];

const ruleOf = new Map(RULES.flatMap(([rule, names]) => names.split(' ').map((name) => [name, rule] as const)));

function range(start: number, endExclusive: number, stride = 1): number[] {
  const positions: number[] = [];
  for (let at = start; at < endExclusive; at += stride) positions.push(at);
  return positions;
}

/** Whether a command has one key, right after its name, whatever follows. */
export function hasOneKey(name: string): boolean {
  return ruleOf.get(name) === first;
}

/** Positions of the keys of a raw command; undefined for an unknown command. */
export function keyPositionsOf(args: readonly Argument[]): number[] | undefined {
  const name = String(args[0]).toUpperCase();
  return ruleFor(name)?.(args).filter((at) => at < args.length);
}

function ruleFor(name: string): Rule | undefined {
  if (!name.startsWith('FT.')) return ruleOf.get(name);
  // Suggestions are stored in a key. The other search commands name an index first.
  return name.startsWith('FT.SUG') ? first : none;
}
