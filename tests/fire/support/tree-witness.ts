import type { SubtreeLease } from '../../../src/lock/subtree-lease';

interface Sender {
  sendCommand(args: string[]): Promise<unknown>;
}

/** Naively compares a holder that enters with all that are inside. Only the end of a lease comes from the lock: a killed holder is not inside for ever. */
const ENTER = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local row = redis.call('HGET', KEYS[3], ARGV[1])
if not row then return 0 end
local ends = tonumber(row:match('^.%z(%d+)'))
if ends <= now then return 0 end
local path, mode, scope = ARGV[2], ARGV[3], ARGV[4]
local function begins(text, start) return text:sub(1, #start) == start end
for id, other in pairs(cjson.decode(redis.call('GET', KEYS[1]) or '{}')) do
  local is_alive = other.ends > now
  local is_nested = begins(path, other.path) or begins(other.path, path)
  local is_related = begins(scope .. '/', other.scope .. '/') or begins(other.scope .. '/', scope .. '/')
  if is_alive and is_nested and not is_related and not (mode == 'S' and other.mode == 'S') then
    redis.call('RPUSH', KEYS[2], mode .. ' ' .. path .. ' while ' .. other.mode .. ' ' .. other.path)
  end
end
local inside = cjson.decode(redis.call('GET', KEYS[1]) or '{}')
inside[ARGV[1]] = { path = path, mode = mode, scope = scope, ends = ends }
redis.call('SET', KEYS[1], cjson.encode(inside))
return 1`;

const LEAVE = `
local inside = cjson.decode(redis.call('GET', KEYS[1]) or '{}')
inside[ARGV[1]] = nil
redis.call('SET', KEYS[1], cjson.encode(inside))`;

const INSIDE = 'witness:{w}:inside';
const VIOLATIONS = 'witness:{w}:violations';

/** Judges, from outside the lock, whether two holders are inside that must not be there together. */
export class Witness {
  constructor(private readonly client: Sender) {}

  async enter({ id, place, mode, space }: SubtreeLease, scope: string): Promise<void> {
    const keys = [INSIDE, VIOLATIONS, `${space.prefix}:grants`];
    await this.client.sendCommand(['EVAL', ENTER, '3', ...keys, id, place.dotted === '' ? '' : `${place.dotted}.`, mode, scope]);
  }

  async leave({ id }: SubtreeLease): Promise<void> {
    await this.client.sendCommand(['EVAL', LEAVE, '1', INSIDE, id]);
  }

  async violations(): Promise<string[]> {
    return (await this.client.sendCommand(['LRANGE', VIOLATIONS, '0', '-1'])) as string[];
  }
}
