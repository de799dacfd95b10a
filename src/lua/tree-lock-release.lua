--[[ tree-lock-release
Frees a lock on a subtree, or gives up waiting for it, and hands it to those whose turn it is.
KEYS[1]  grants     KEYS[2]  index of exclusive grants   KEYS[3]  index of shared grants   KEYS[4]  grants by deadline
KEYS[5]  fence      KEYS[6]  queue                       KEYS[7]  waiters
ARGV[1]  id of the grant
Returns  1, or 0 when the lock was not held any more
Errors   none
Cluster  all keys in one slot
Cost     log of the grants, plus up to 128 waiters
]]
-- include tree-queue
local has_freed = remove_due_grants()
local grant = grant_of(ARGV[1])
if grant then remove_grant(grant) end
if leave_queue(ARGV[1]) > 0 or grant or has_freed then hand_over() end
return grant and grant.ends_ms > now_ms and 1 or 0
