--[[ tree-set
Stores a value under a path, with a new time to live or none.
KEYS[1]  document   KEYS[2]  paths by the end of their time to live   KEYS[3]  the same paths in order
KEYS[4]  grants     KEYS[5]  index of exclusive grants                KEYS[6]  index of shared grants
ARGV[1]  encoded path        ARGV[2]  id of the grant that guards the write, or empty
ARGV[3]  scope of the writer ARGV[4]  '1' to refuse unguarded writes into the lock of another
ARGV[5]  JSON text           ARGV[6]  time to live in milliseconds, or empty
Returns  {1}, {-1} when the guarding lock is lost, or {-2, path, mode} of the lock in the way
Errors   the document is too deep, or its key holds something else than JSON
Cluster  all keys in one slot          Cost     linear in the value and in the times to live below the path
]]
-- include tree-guard
-- include tree-place
place(ARGV[5])
if ARGV[6] ~= '' then start_ttl(path, tonumber(ARGV[6])) end
return { 1 }
