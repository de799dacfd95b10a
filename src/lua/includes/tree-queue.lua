-- Grants that end, and the waiters.
-- include tree-lock-keys
-- include tree-grants
local function waiter_of(id, row)
  local mode, ends_ms, scope, held, path, channel = row:match('^(.)%z([^%z]*)%z([^%z]*)%z(.)%z([^%z]*)%z(.*)$')
  return { id = id, mode = mode, ends_ms = tonumber(ends_ms), scope = scope, held = held == '1', channel = channel, path = path }
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

local ROWS_AT_A_TIME, ALL = 128, -1

-- Waiters that arrived before a score, in the order of arrival. Removes dead ones on the way.
local function waiters_before(score, limit)
  local ids = redis.call('ZRANGEBYSCORE', queue_key, '-inf', score, 'LIMIT', 0, limit)
  local waiters = {}
  for first = 1, #ids, ROWS_AT_A_TIME do
    local rows = redis.call('HMGET', waiters_key, unpack(ids, first, math.min(first + ROWS_AT_A_TIME - 1, #ids)))
    for index, row in ipairs(rows) do
      local id = ids[first + index - 1]
      local waiter = row and waiter_of(id, row)
      if waiter and waiter.ends_ms > now_ms then
        waiters[#waiters + 1] = waiter
      else
        leave_queue(id)
      end
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

-- Prolongs the life of keys that were written to at least this time.
local function keep(ttl_ms, ...)
  for _, key in ipairs({ ... }) do
    local left_ms = redis.call('PTTL', key)
    if left_ms < ttl_ms then redis.call('PEXPIRE', key, ttl_ms) end
  end
end

local function write_grant(grant)
  local row = { grant.mode, grant.ends_ms, grant.fence, grant.scope, grant.path }
  redis.call('HSET', grants_key, grant.id, table.concat(row, '\0'))
  redis.call('ZADD', deadlines_key, grant.ends_ms, grant.id)
end

-- Keys of grants outlive the last grant for a while, so that waiters can be told of its end.
local AFTERMATH_MS, FENCE_MS = 60000, 86400000

-- Writes a grant, and returns its fence.
local function grant_to(wanted, ends_ms)
  leave_queue(wanted.id)
  local fence = string.format('%.0f', math.max(now_us, tonumber(redis.call('GET', fence_key) or '0') + 1))
  redis.call('SET', fence_key, fence, 'PX', ends_ms - now_ms + FENCE_MS)
  write_grant({ id = wanted.id, mode = wanted.mode, ends_ms = ends_ms, fence = fence, scope = wanted.scope, path = wanted.path })
  local index_key = wanted.mode == 'X' and exclusive_key or shared_key
  redis.call('ZADD', index_key, 0, wanted.path .. '\0' .. wanted.id)
  keep(ends_ms - now_ms + AFTERMATH_MS, grants_key, deadlines_key, index_key)
  return fence
end

local function prolong(grant, lease_ms)
  grant.ends_ms = now_ms + lease_ms
  write_grant(grant)
  keep(lease_ms + AFTERMATH_MS, grants_key, deadlines_key, grant.mode == 'X' and exclusive_key or shared_key)
end

-- Waiters further back ask by themselves when they refresh their place.
local JUDGED_AT_MOST = 128

-- Grants what is free to the waiters whose turn it is, until the end of their place in the queue, so that a dead one does not block for longer.
-- Each process is told only of its own waiters.
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
