-- include tree-guard
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

-- The highest node on the path that does not exist; the path itself if all nodes above it exist.
local function first_missing()
  local node = ''
  while node ~= path and type_at(node) do node = path:sub(1, (path:find('\1', #node + 1, true))) end
  return node
end

-- Stores a value without a time to live. Values in the way of the path become objects. New nodes on the path have no time to live either; one may still be
-- recorded if another program has removed the node that had it.
local function place(json)
  local is_stored = redis.pcall('JSON.SET', document_key, json_path(path), json)
  if is_stored and not is_stored.err then return forget_ttls(path) end
  -- Where a parent is missing, RedisJSON returns nil or an error.
  local made = first_missing()
  redis.call('JSON.MERGE', document_key, '$', surroundings())
  if not redis.call('JSON.SET', document_key, json_path(path), json) then error('nothing was done at ' .. json_path(path)) end
  forget_ttls(made)
end
