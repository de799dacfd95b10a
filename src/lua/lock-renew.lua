--[[ lock-renew
Prolongs a lease that is still held.
KEYS[1]  lock key
ARGV[1]  token of the holder          ARGV[2]  lease in milliseconds
Returns  1, or 0 when the lock is lost
Errors   none
Cluster  one key, one slot          Cost     constant
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
