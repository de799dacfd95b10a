-- Grants that end, and those who wait. Needs tree-lock-keys and tree-grants.
local function waiter_of(id)
  local row = redis.call('HGET', waiters_key, id)
  if not row then return nil end
  local fields = fields_of(row)
  return { id = id, mode = fields[1], ends_ms = tonumber(fields[2]), scope = fields[3], held = fields[4] == '1',
    channel = fields[5], path = fields[6] }
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

local function keep_keys(ttl_ms)
  for _, key in ipairs({ grants_key, exclusive_key, shared_key, deadlines_key, fence_key, queue_key, waiters_key }) do
    local left_ms = redis.call('PTTL', key)
    if left_ms >= -1 and left_ms < ttl_ms then redis.call('PEXPIRE', key, ttl_ms) end
  end
end

-- Writes a grant, and answers its fence.
local function grant_to(wanted, ends_ms)
  leave_queue(wanted.id)
  local fence = string.format('%.0f', math.max(now_us, tonumber(redis.call('GET', fence_key) or '0') + 1))
  redis.call('SET', fence_key, fence)
  redis.call('HSET', grants_key, wanted.id, table.concat({ wanted.mode, ends_ms, fence, wanted.scope, wanted.path }, '\0'))
  redis.call('ZADD', wanted.mode == 'X' and exclusive_key or shared_key, 0, wanted.path .. '\0' .. wanted.id)
  redis.call('ZADD', deadlines_key, ends_ms, wanted.id)
  keep_keys(ends_ms - now_ms + 60000)
  return fence
end

local function prolong(grant, lease_ms)
  local ends_ms = now_ms + lease_ms
  redis.call('HSET', grants_key, grant.id, table.concat({ grant.mode, ends_ms, grant.fence, grant.scope, grant.path }, '\0'))
  redis.call('ZADD', deadlines_key, ends_ms, grant.id)
  keep_keys(lease_ms + 60000)
end

-- Those further back ask by themselves when they refresh their place.
local JUDGED_AT_MOST = 128

-- Hands what is free to those whose turn it is, for as long as their place in the queue lasts: a dead one is in the way no longer.
-- Each process hears only of its own waiters.
local function hand_over()
  local waiters = waiters_before('+inf', JUDGED_AT_MOST)
  for _, waiter in ipairs(waiters) do
    local is_blocked = (not waiter.held and first_in_the_way(waiters, waiter)) or first_conflict(waiter, function() return true end)
    if not is_blocked then
      redis.call('PUBLISH', waiter.channel, waiter.id .. ' ' .. grant_to(waiter, waiter.ends_ms))
    end
  end
end

local function remove_due_grants()
  local ids = redis.call('ZRANGEBYSCORE', deadlines_key, '-inf', now_ms, 'LIMIT', 0, 128)
  for _, id in ipairs(ids) do
    local grant = grant_of(id)
    if grant then remove_grant(grant) else redis.call('ZREM', deadlines_key, id) end
  end
  return #ids > 0
end
