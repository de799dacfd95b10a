--[[ tree-inspect
Answers what kind of value a path holds, and if asked its names or its size.
KEYS[1]  document   KEYS[2]  paths by the end of their time to live   KEYS[3]  the same paths in order
ARGV[1]  encoded path        ARGV[2]  'type', 'keys' or 'size'
Returns  {} when nothing is there, else {type}, {type, names …} of an object, or {type, length} of an object or a list
Errors   the key holds something else than JSON
Cluster  all keys in one slot          Cost     linear in the names
]]
-- include tree-document
local found = type_at(ARGV[1])
if not found then return {} end
local answer = { found }
if ARGV[2] == 'keys' and found == 'object' then
  for _, name in ipairs(redis.call('JSON.OBJKEYS', document_key, json_path(ARGV[1]))[1]) do answer[#answer + 1] = name end
elseif ARGV[2] == 'size' and (found == 'object' or found == 'array') then
  local command = found == 'object' and 'JSON.OBJLEN' or 'JSON.ARRLEN'
  answer[2] = redis.call(command, document_key, json_path(ARGV[1]))[1]
end
return answer
