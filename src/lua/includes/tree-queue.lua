-- Grants that end, and those who wait. Needs tree-grants, KEYS in the order of the lock scripts, and channel.
local function waiter_of(id)
  local row = redis.call('HGET', waiters_key, id)
  if not row then return nil end
  local fields = fields_of(row)
  return { id = id, mode = fields[1], ends_ms = tonumber(fields[2]), scope = fields[3], held = fields[4] == '1', path = fields[5] }
end

local function remove_grant(grant)
  redis.call('HDEL', grants_key, grant.id)
  redis.call('ZREM', deadlines_key, grant.id)
  redis.call('ZREM', grant.mode == 'X' and exclusive_key or shared_key, grant.path .. '\0' .. grant.id)
end

local function leave_queue(id)
  redis.call('HDEL', waiters_key, id)
  return redis.call('ZREM', queue_key, id)
end

-- Waiters that arrived before a score, in the order of arrival; the dead ones are removed on the way.
local function waiters_before(score, limit)
  local waiters = {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', queue_key, '-inf', score, 'LIMIT', 0, limit)) do
    local waiter = waiter_of(id)
    if waiter and waiter.ends_ms > now_ms then
      waiters[#waiters + 1] = waiter
    else
      leave_queue(id)
    end
  end
  return waiters
end

local function is_in_the_way(waiter, wanted)
  return not (waiter.mode == 'S' and wanted.mode == 'S')
    and (covers(waiter.path, wanted.path) or covers(wanted.path, waiter.path))
    and not encloses(waiter.scope, wanted.scope)
end

local function first_in_the_way(waiters, wanted)
  for _, waiter in ipairs(waiters) do
    if waiter.id == wanted.id then return nil end
    if is_in_the_way(waiter, wanted) then return waiter end
  end
end

local WOKEN_AT_MOST = 64

-- Wakes exactly those who would get their lock now; all of them when there are too many to judge.
local function wake_next()
  local waiters = waiters_before('+inf', WOKEN_AT_MOST)
  if #waiters == 0 then return end
  if #waiters == WOKEN_AT_MOST then
    redis.call('PUBLISH', channel, '*')
    return
  end
  local next_ids = {}
  for _, waiter in ipairs(waiters) do
    local is_blocked = (not waiter.held and first_in_the_way(waiters, waiter)) or first_conflict(waiter, function() return true end)
    if not is_blocked then next_ids[#next_ids + 1] = waiter.id end
  end
  if #next_ids > 0 then redis.call('PUBLISH', channel, table.concat(next_ids, '\n')) end
end

local function remove_due_grants()
  local ids = redis.call('ZRANGEBYSCORE', deadlines_key, '-inf', now_ms, 'LIMIT', 0, 128)
  for _, id in ipairs(ids) do
    local grant = grant_of(id)
    if grant then remove_grant(grant) else redis.call('ZREM', deadlines_key, id) end
  end
  return #ids > 0
end
