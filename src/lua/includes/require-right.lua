-- Ends the script where its user may not do this, in the words of the server. Only asked for: after a write that does nothing, the server would not refuse
-- the next one for want of memory.
local function require_right(...)
  if not redis.acl_check_cmd(...) then redis.call(...) end
end
