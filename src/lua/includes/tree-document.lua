-- The stored tree and its times to live. Every script first removes the nodes whose time is over.
local document_key, ttl_key, ttl_paths_key = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)

-- Callers escape names, so that they can be put between double quotes as they are.
local function json_path(path)
  local steps = { '$' }
  for name in path:gmatch('([^\1]*)\1') do steps[#steps + 1] = '["' .. name .. '"]' end
  return table.concat(steps)
end

local function forget_ttls(path)
  for _, below in ipairs(redis.call('ZRANGEBYLEX', ttl_paths_key, '[' .. path, '(' .. path .. '\255')) do
    redis.call('ZREM', ttl_paths_key, below)
    redis.call('ZREM', ttl_key, below)
  end
end

local function remove(path)
  forget_ttls(path)
  local removed = redis.call('JSON.DEL', document_key, json_path(path))
  -- RedisJSON 8.2 and later deletes a document when nothing is left of it.
  if removed > 0 and path ~= '' and redis.call('EXISTS', document_key) == 0 then redis.call('JSON.SET', document_key, '$', '{}') end
  return removed
end

local function start_ttl(path, ttl_ms)
  redis.call('ZADD', ttl_key, now_ms + ttl_ms, path)
  redis.call('ZADD', ttl_paths_key, 0, path)
end

local function remove_due()
  while true do
    local due = redis.call('ZRANGEBYSCORE', ttl_key, '-inf', now_ms, 'LIMIT', 0, 100)
    if #due == 0 then return end
    for _, path in ipairs(due) do remove(path) end
  end
end

local function type_at(path)
  local types = redis.call('JSON.TYPE', document_key, json_path(path))
  return types and types[1]
end
remove_due()
