--[[ tree-time-to-live
Answers how long a path is still there: the shortest time to live of itself and its ancestors.
KEYS[1]  document   KEYS[2]  paths by the end of their time to live   KEYS[3]  the same paths in order
ARGV[1]  encoded path
Returns  milliseconds, -1 when it has no time to live, -2 when nothing is there
Errors   the key holds something else than JSON
Cluster  all keys in one slot          Cost     linear in the depth
]]
-- include tree-document
local path = ARGV[1]
if not type_at(path) then return -2 end
local left_ms = -1
local ancestor = ''
while true do
  local ends_ms = redis.call('ZSCORE', ttl_key, ancestor)
  if ends_ms and (left_ms == -1 or ends_ms - now_ms < left_ms) then left_ms = ends_ms - now_ms end
  if ancestor == path then return left_ms end
  ancestor = path:sub(1, (path:find('\1', #ancestor + 1, true)))
end
