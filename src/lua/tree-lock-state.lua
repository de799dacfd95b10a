--[[ tree-lock-state
Tells whether a node is locked: by a grant at itself or at an ancestor, and if asked below it.
KEYS[1]  grants     KEYS[2]  index of exclusive grants   KEYS[3]  index of shared grants   KEYS[4]  grants by deadline
KEYS[5]  fence      KEYS[6]  queue                       KEYS[7]  waiters
ARGV[1]  encoded path        ARGV[2]  '1' to look below too, '0' not to
Returns  1 or 0
Errors   none
Cluster  all keys in one slot          Cost     depth × log of the grants
]]
-- include tree-lock-keys
-- include tree-grants
local path = ARGV[1]
local function is_locked() return 1 end
if ARGV[2] == '1' then return first_conflict({ path = path, mode = 'X', scope = '' }, is_locked) or 0 end
for _, key in ipairs({ exclusive_key, shared_key }) do
  local ancestor = ''
  while true do
    local answer = first_in(key, { '[' .. ancestor .. '\0', '(' .. ancestor .. '\1' }, is_locked)
    if answer then return answer end
    if ancestor == path then break end
    ancestor = path:sub(1, (path:find('\1', #ancestor + 1, true)))
  end
end
return 0
