--[[ tree-lock-renew
Prolongs a lease on a subtree that is still held.
KEYS[1]  grants     KEYS[2]  index of exclusive grants   KEYS[3]  index of shared grants   KEYS[4]  grants by deadline
KEYS[5]  fence      KEYS[6]  queue                       KEYS[7]  waiters
ARGV[1]  id of the grant     ARGV[2]  lease in milliseconds
Returns  1, or 0 when the lock is lost
Errors   none
Cluster  all keys in one slot          Cost     log of the grants
]]
-- include tree-queue
local grant = grant_of(ARGV[1])
if not grant or grant.ends_ms <= now_ms then return 0 end
prolong(grant, tonumber(ARGV[2]))
return 1
