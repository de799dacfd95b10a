-- Ends the script with the error of the server if the user lacks a right. Asks first instead of trying: after a write that does nothing, the server would no
-- longer refuse the next write when memory is full.
local function require_right(...)
  if not redis.acl_check_cmd(...) then redis.call(...) end
end
