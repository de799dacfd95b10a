--[[ tree-read
Answers the values of paths as they are at one moment.
KEYS[1]  document   KEYS[2]  paths by the end of their time to live   KEYS[3]  the same paths in order
ARGV[1..n]  encoded paths
Returns  for each path the JSON text of a list that holds the value, or of an empty one
Errors   the key holds something else than JSON
Cluster  all keys in one slot          Cost     linear in the values
]]
-- include tree-document
local values = {}
for index, path in ipairs(ARGV) do values[index] = redis.call('JSON.GET', document_key, json_path(path)) or '[]' end
return values
