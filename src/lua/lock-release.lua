--[[ lock-release
Frees a lock that is still held and wakes those who wait for it, or hands it over.
KEYS[1]    lock key; the keys that the arguments name follow it
ARGV[1]    token of the holder
ARGV[2..]  key that is there while somebody waits; for a successor also its token, its lease in milliseconds, fence key and document key
Returns    {fence, document} of the successor; 1 when somebody was told that it is free, 0 when nobody waits; or nil when the lock was lost before
Errors     none
Cluster    all keys in one slot          Cost     linear in the listeners, or in the document
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return nil end
-- include lock-free
return free(KEYS[1], unpack(ARGV, 2))
