--[[ tree-add
Adds to a number; a missing one counts as 0. Its time to live goes on.
KEYS[1]  document   KEYS[2]  paths by the end of their time to live   KEYS[3]  the same paths in order
KEYS[4]  grants     KEYS[5]  index of exclusive grants                KEYS[6]  index of shared grants
ARGV[1]  encoded path        ARGV[2]  id of the grant that guards the write, or empty
ARGV[3]  scope of the writer ARGV[4]  '1' to refuse unguarded writes into the lock of another
ARGV[5]  number to add, as JSON text
Returns  {1, new total as JSON text}, {0, type found}, {2} when the total would not be exact any more,
         {-1} when the guarding lock is lost, or {-2, path, mode} of the lock in the way
Errors   the key holds something else than JSON
Cluster  all keys in one slot          Cost     linear in the depth
]]
-- include tree-guard
-- include tree-place
local stored = redis.call('JSON.GET', document_key, json_path(path))
local text = stored and stored:sub(2, -2) or ''
if text == '' then
  place(ARGV[5])
  return { 1, ARGV[5] }
end
local present = tonumber(text)
if not present then return { 0, type_at(path) } end
-- Beyond these limits RedisJSON lets integers overflow into negative ones, and adds nothing to other numbers.
if math.abs(present + tonumber(ARGV[5])) > 9007199254740991 then return { 2 } end
return { 1, redis.call('JSON.NUMINCRBY', document_key, json_path(path), ARGV[5]):sub(2, -2) }
