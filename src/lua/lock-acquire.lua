--[[ lock-acquire
Takes a lock when it is free or held by the same token, and answers the document that it guards.
KEYS[1]  document key        KEYS[2]  lock key            KEYS[3]  fence key              KEYS[4]  is there while somebody waits
ARGV[1]  token of the holder ARGV[2]  lease in milliseconds   ARGV[3]  how long it counts as waiting, in milliseconds; 0 when it does not wait
Returns  {fence, document}; milliseconds until the present lease ends, when the lock is taken; or nil when there is no document
Errors   the document key holds something else than JSON; the lock is free then
Cluster  all keys in one slot          Cost     linear in the document
]]
-- include lock-grant
local is_set = redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2])
if not is_set and redis.pcall('GET', KEYS[2]) == ARGV[1] then
  -- The lock was handed over to this holder, which was not told.
  is_set = redis.call('PEXPIRE', KEYS[2], ARGV[2]) == 1
end
if is_set then return grant(KEYS[2], KEYS[3], KEYS[1], ARGV[2]) end
if ARGV[3] ~= '0' then redis.call('SET', KEYS[4], '', 'PX', ARGV[3]) end
return redis.call('PTTL', KEYS[2])
