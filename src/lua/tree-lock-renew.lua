--[[ tree-lock-renew
Prolongs a lease on a subtree that is still held.
KEYS[1]  grants     KEYS[2]  index of exclusive grants   KEYS[3]  index of shared grants   KEYS[4]  grants by deadline
KEYS[5]  fence      KEYS[6]  queue                       KEYS[7]  waiters
ARGV[1]  id of the grant     ARGV[2]  lease in milliseconds
Returns  1, or 0 when the lock is lost
Errors   none
Cluster  all keys in one slot          Cost     log of the grants
]]
-- include tree-lock-keys
-- include tree-grants
local grant = grant_of(ARGV[1])
if not grant or grant.ends_ms <= now_ms then return 0 end
local ends_ms = now_ms + tonumber(ARGV[2])
redis.call('HSET', grants_key, grant.id, table.concat({ grant.mode, ends_ms, grant.fence, grant.scope, grant.path }, '\0'))
redis.call('ZADD', deadlines_key, ends_ms, grant.id)
for _, key in ipairs({ grants_key, exclusive_key, shared_key, deadlines_key, fence_key }) do
  local left_ms = redis.call('PTTL', key)
  if left_ms >= -1 and left_ms < ARGV[2] + 60000 then redis.call('PEXPIRE', key, ARGV[2] + 60000) end
end
return 1
