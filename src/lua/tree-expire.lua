--[[ tree-expire
Gives a path a time to live, after which it and everything below it is gone.
KEYS[1]  document   KEYS[2]  paths by the end of their time to live   KEYS[3]  the same paths in order
KEYS[4]  grants     KEYS[5]  index of exclusive grants                KEYS[6]  index of shared grants
ARGV[1]  encoded path        ARGV[2]  id of the grant that guards the write, or empty
ARGV[3]  scope of the writer ARGV[4]  '1' to refuse unguarded writes into the lock of another
ARGV[5]  time to live in milliseconds
Returns  {1}, {0} when nothing is there, {-1} when the guarding lock is lost, or {-2, path, mode} of the lock in the way
Errors   the key holds something else than JSON
Cluster  all keys in one slot          Cost     log of the times to live
]]
-- include tree-guard
if not type_at(path) then return { 0 } end
start_ttl(path, tonumber(ARGV[5]))
return { 1 }
