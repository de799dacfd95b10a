-- Rows of grants. Needs grants_key, exclusive_key, shared_key, now_ms.
local function grant_of(id)
  local row = redis.call('HGET', grants_key, id)
  if not row then return nil end
  local mode, ends_ms, fence, scope, path = row:match('^(.)%z([^%z]*)%z([^%z]*)%z([^%z]*)%z(.*)$')
  return { id = id, mode = mode, ends_ms = tonumber(ends_ms), fence = fence, scope = scope, path = path }
end

-- A scope encloses itself and the scopes inside it.
local function encloses(outer, inner)
  return outer == inner or inner:sub(1, #outer + 1) == outer .. '/'
end

local function covers(upper, lower)
  return lower:sub(1, #upper) == upper
end

local READ_AT_A_TIME = 64

-- The first result of judge for a live grant in a range of an index.
local function first_in(key, range, judge)
  local offset = 0
  while true do
    local members = redis.call('ZRANGEBYLEX', key, range[1], range[2], 'LIMIT', offset, READ_AT_A_TIME)
    for _, member in ipairs(members) do
      local grant = grant_of(member:sub(member:find('\0', 1, true) + 1))
      if grant and grant.ends_ms > now_ms then
        local answer = judge(grant)
        if answer ~= nil then return answer end
      end
    end
    if #members < READ_AT_A_TIME then return nil end
    offset = offset + READ_AT_A_TIME
  end
end

-- The first result of judge for a live grant of an unrelated scope that excludes the wanted mode on the path: a grant of an ancestor, of the path, or below it.
local function first_conflict(wanted, judge)
  local function judge_stranger(grant)
    if not encloses(grant.scope, wanted.scope) then return judge(grant) end
  end
  for _, key in ipairs(wanted.mode == 'X' and { exclusive_key, shared_key } or { exclusive_key }) do
    local ancestor = ''
    while ancestor ~= wanted.path do
      local answer = first_in(key, { '[' .. ancestor .. '\0', '(' .. ancestor .. '\1' }, judge_stranger)
      if answer ~= nil then return answer end
      ancestor = wanted.path:sub(1, (wanted.path:find('\1', #ancestor + 1, true)))
    end
    local answer = first_in(key, { '[' .. wanted.path, '(' .. wanted.path .. '\255' }, judge_stranger)
    if answer ~= nil then return answer end
  end
end
