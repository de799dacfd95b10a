-- Guards a write by its lock. Ends the script when the write is refused.
-- include tree-document
local grants_key, exclusive_key, shared_key = KEYS[4], KEYS[5], KEYS[6]
-- include tree-grants
local path, guard_id, scope, is_enforced = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1'

-- Why a write is refused: {-1} its lock is lost, {-2, path, mode} the lock of another is in the way. Nil when it is allowed.
local function refusal()
  if guard_id ~= '' then
    local grant = grant_of(guard_id)
    if grant and grant.ends_ms > now_ms and grant.mode == 'X' and covers(grant.path, path) then return nil end
    return { -1 }
  end
  if is_enforced then
    return first_conflict({ path = path, mode = 'X', scope = scope }, function(grant) return { -2, grant.path, grant.mode } end)
  end
end

local refused = refusal()
if refused then return refused end
