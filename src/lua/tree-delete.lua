--[[ tree-delete
Removes a path and everything below it, with the times to live.
KEYS[1]  document   KEYS[2]  paths by the end of their time to live   KEYS[3]  the same paths in order
KEYS[4]  grants     KEYS[5]  index of exclusive grants                KEYS[6]  index of shared grants
ARGV[1]  encoded path        ARGV[2]  id of the grant that guards the write, or empty
ARGV[3]  scope of the writer ARGV[4]  '1' to refuse unguarded writes into the lock of another
Returns  {1} when something was there, {0} when not, {-1} when the guarding lock is lost, or {-2, path, mode} of the lock in the way
Errors   the key holds something else than JSON
Cluster  all keys in one slot          Cost     linear in what is removed
]]
-- include tree-guard
return { remove(path) > 0 and 1 or 0 }
