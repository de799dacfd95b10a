-- The objects around the last segment of a path, as JSON text to merge: {"a":{"b":{}}}
local function surroundings()
  local names = {}
  for name in path:gmatch('([^\1]*)\1') do names[#names + 1] = name end
  local text = '{}'
  for depth = #names - 1, 1, -1 do
    local name = names[depth]:gsub('%c', function(character) return string.format('\\u%04x', character:byte()) end)
    text = '{"' .. name .. '":' .. text .. '}'
  end
  return text
end

-- Stores a value; what stands in the way of the path becomes an object. RedisJSON answers nil, or an error, where a parent is missing.
local function place(json)
  local is_stored = redis.pcall('JSON.SET', document_key, json_path(path), json)
  if is_stored and not is_stored.err then return end
  redis.call('JSON.MERGE', document_key, '$', surroundings())
  if not redis.call('JSON.SET', document_key, json_path(path), json) then error('nothing was done at ' .. json_path(path)) end
end
