--[[ lock-release
Frees a lock that is still held and wakes those who wait for it.
KEYS[1]  lock key
ARGV[1]  token of the holder
Returns  1, or 0 when the lock was lost before
Errors   none
Cluster  one key, one slot          Cost     constant
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', KEYS[1], 'free')
return 1
