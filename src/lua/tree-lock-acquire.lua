--[[ tree-lock-acquire
Takes a lock on a subtree, or enters the queue of those who wait.
KEYS[1]  grants     KEYS[2]  index of exclusive grants   KEYS[3]  index of shared grants   KEYS[4]  grants by deadline
KEYS[5]  fence      KEYS[6]  queue                       KEYS[7]  waiters
ARGV[1]  id of the grant     ARGV[2]  scope              ARGV[3]  'X' or 'S'               ARGV[4]  lease in milliseconds
ARGV[5]  milliseconds that a place in the queue stays, '0' not to wait   ARGV[6]  channel on which the requester listens   ARGV[7]  encoded path
ARGV[8]  ids of grants that the requester says it holds, joined by a line feed
Returns  {1, fence}; {0, milliseconds until it may be free, fence of the latest grant}; or {-1, path in the way} for a deadlock: the requester
         has left the queue then
Errors   none
Cluster  all keys in one slot
Cost     depth × log of the grants, plus the requester's own grants at and below the path, plus the waiters, plus up to 256 grants of others
]]
-- include tree-queue
local wanted = { id = ARGV[1], scope = ARGV[2], mode = ARGV[3], path = ARGV[7] }
local lease_ms, wait_ms = tonumber(ARGV[4]), tonumber(ARGV[5])

-- A requester that holds a grant may pass the queue. So whoever waits behind a waiter holds nothing, and the order of the queue causes no deadlock.
local function holds_something()
  for id in ARGV[8]:gmatch('[^\n]+') do
    local grant = grant_of(id)
    if grant and grant.ends_ms > now_ms and encloses(grant.scope, wanted.scope) then return true end
  end
  return false
end

local LOOKED_AT_MOST = 256

-- Follows the waits-for relation from the requester. True if it leads back to it, which is only possible if the requester holds a grant.
local function closes_a_ring()
  local waiters = waiters_before('+inf', ALL)
  local seen, open, looked_at = {}, { wanted }, 0
  while #open > 0 do
    local closes = first_conflict(table.remove(open), function(holder)
      if encloses(holder.scope, wanted.scope) then return true end
      if looked_at == LOOKED_AT_MOST then return false end
      looked_at = looked_at + 1
      if not seen[holder.scope] then
        seen[holder.scope] = true
        for _, waiter in ipairs(waiters) do
          if encloses(holder.scope, waiter.scope) then open[#open + 1] = waiter end
        end
      end
    end)
    if closes then return true end
  end
  return false
end

local function stand_in_queue(held, hint_ms)
  if wait_ms > 0 then
    if not redis.call('ZSCORE', queue_key, wanted.id) then redis.call('ZADD', queue_key, now_us, wanted.id) end
    local row = { wanted.mode, now_ms + wait_ms, wanted.scope, held and '1' or '0', wanted.path, ARGV[6] }
    redis.call('HSET', waiters_key, wanted.id, table.concat(row, '\0'))
    keep(wait_ms * 2, queue_key, waiters_key)
  end
  return { 0, hint_ms, redis.call('GET', fence_key) or '0' }
end

local has_freed = remove_due_grants()
local mine = grant_of(wanted.id)
if mine and mine.ends_ms > now_ms then
  prolong(mine, lease_ms)
  return { 1, mine.fence }
end
local held = holds_something()
local blocker = first_conflict(wanted, function(grant) return grant end)
local answer
if blocker then
  if held and wait_ms > 0 and closes_a_ring() then
    has_freed = leave_queue(wanted.id) > 0 or has_freed
    answer = { -1, blocker.path }
  else
    answer = stand_in_queue(held, blocker.ends_ms - now_ms)
  end
else
  local place = redis.call('ZSCORE', queue_key, wanted.id)
  local earlier = not held and first_in_the_way(waiters_before(place and '(' .. place or '+inf', ALL), wanted)
  answer = earlier and stand_in_queue(held, earlier.ends_ms - now_ms) or { 1, grant_to(wanted, now_ms + lease_ms) }
end
if has_freed then hand_over() end
return answer
