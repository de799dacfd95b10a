--[[ commit
Runs the steps of a commit in order: all of them, or none. A step is a check or a write. The checks stand first; when a
check has to follow a write, the documents are backed up before the first write and put back if a later step fails.
The check ?type.late runs only if the command after it has done nothing: it tells why.
KEYS[1..n]  documents, backups, lock keys and keys of commands, as the steps name them by position
ARGV[1]     how many keys to back up: the first b keys; their backups are the next b keys
ARGV[2..]   the steps: name, position of its key, number of arguments, arguments; a step called raw is a whole command,
            release frees a lock, or hands it over: key that is there while somebody waits; token and lease in milliseconds of the
            successor, fence key, document key
Returns     {1, reply of each write in order}, or {0, position of the failed step from 0, what was found, 1 when that is
            the error of a command, else 0}
Errors      none of its own: the error of a step is returned as what was found
Cluster     all keys in one slot          Cost     linear in the steps; a backup is linear in the document
]]
local backups = tonumber(ARGV[1])

-- A missing right to read is an error of the step, and not a finding.
local function require_allowed(reply)
  local err = type(reply) == 'table' and reply.err
  if err and not string.find(err, 'WRONGTYPE', 1, true) and not string.find(err, 'wrong Redis type', 1, true) then error(reply) end
end

local function type_at(key, path)
  -- Without a path, the type of the whole document takes half the time.
  local reply
  if path == '$' then reply = redis.pcall('JSON.TYPE', key) else reply = redis.pcall('JSON.TYPE', key, path) end
  if type(reply) == 'string' then return reply end
  if not reply then return 'no document' end
  require_allowed(reply)
  if reply.err then return 'no JSON document' end
  return reply.ok or reply[1] or 'nothing'
end

-- Each call of a script creates its functions anew, so those that few commits need are created in here.
local function rare_steps()
  local function text_at(key, path)
    local reply = redis.pcall('JSON.GET', key, path)
    require_allowed(reply)
    if not reply or (type(reply) == 'table' and reply.err) or reply == '[]' then return nil end
    return string.sub(reply, 2, -2)
  end

  local made_comparisons

  local function comparisons()
    if made_comparisons then return made_comparisons end
    -- Servers store such a number exactly as it is sent.
    local function is_integer(number)
      return number % 1 == 0 and number > -2 ^ 63 and number < 2 ^ 64
    end

    -- RedisJSON parses fractions of many digits inexactly, so the last bits may differ from what was sent.
    local function same_scalar(found, full)
      if found == full or type(found) ~= 'number' or (is_integer(found) and is_integer(full)) then return found == full end
      return math.abs(found - full) <= math.abs(full) * 2 ^ -51
    end

    -- Members that are missing in the least form may be absent. Without a least form, all must be there.
    local function same(found, full, least)
      if type(found) ~= type(full) then return false end
      if type(found) ~= 'table' then return same_scalar(found, full) end
      for k, v in pairs(found) do
        if not same(v, full[k], least and least[k]) then return false end
      end
      for k in pairs(full) do
        if found[k] == nil and (not least or least[k] ~= nil) then return false end
      end
      return true
    end

    local function decoded(json)
      return json and cjson.decode('[' .. json .. ']')
    end

    local function same_json(found, full, least)
      return found == full or same(decoded(found), decoded(full), decoded(least))
    end

    -- include instant
    made_comparisons = {
      same_scalar = same_scalar,
      same_json = same_json,
      decoded = decoded,
      parse_instant = parse_instant,
      format_instant = format_instant,
    }
    return made_comparisons
  end

  local function applied(how, number, operand)
    return how == '*' and number * tonumber(operand) or number + tonumber(operand)
  end

  -- Number of items or members at a path; where nothing is stored, that of the default that will be put there (the seed). Otherwise nil, and the type found.
  local function size_at(key, path, command, seed)
    local reply = redis.pcall(command, key, path)
    if reply and reply[1] then return reply[1] end
    local kind = type_at(key, path)
    -- A JSON document answers whatever the path holds, so this error is a missing right of the user.
    if reply and reply.err and kind ~= 'no document' and kind ~= 'no JSON document' then error(reply) end
    if kind == 'nothing' and seed then return tonumber(seed) end
    return nil, kind
  end

  -- A check returns nil when it holds, otherwise what it found. Names of checks begin with a question mark.
  local function check(name, key, path, a, b, c, d, e, f)
    if name == '?range' then
      local how, by, min, max, whole, seed = a, b, c, d, e, f
      local found = tonumber(text_at(key, path) or seed)
      if not found then return type_at(key, path) end
      for operand in string.gmatch(by, '%S+') do
        found = applied(how, found, operand)
        local text = string.format('%.17g', found)
        if not (found >= tonumber(min)) then return 'below-min ' .. text end
        if not (found <= tonumber(max)) then return 'above-max ' .. text end
        if whole == '1' and found % 1 ~= 0 then return 'not-an-integer ' .. text end
      end
    elseif name == '?length' or name == '?position' then
      local length, kind = size_at(key, path, 'JSON.ARRLEN', b)
      if not length then return kind end
      if length < tonumber(a) and (name == '?length' or length > 0) then return 'a list of ' .. length end
    elseif name == '?members' then
      local count, kind = size_at(key, path, 'JSON.OBJLEN', a)
      return count == 0 and 'no members' or kind
    elseif name == '?version' then
      local found = text_at(key, path) or '0'
      if tonumber(found) ~= tonumber(a) then
        local kind = type_at(key, '$')
        return (kind == 'no document' or kind == 'no JSON document') and kind or found
      end
    elseif name == '?equals' then
      local found = text_at(key, path)
      if not comparisons().same_json(found, a, b) then return found or type_at(key, path) end
    elseif name == '?instant' then
      local found = text_at(key, path)
      local instants = comparisons()
      local instant = found and instants.parse_instant(found)
      if not instant then return found or type_at(key, path) end
      local result = instant + tonumber(a)
      -- The limit of dates in JavaScript.
      if math.abs(result) > 8.64e15 then return (result < 0 and 'below-min ' or 'above-max ') .. instants.format_instant(result) end
    elseif name == '?missing' then
      if redis.call('EXISTS', key) == 1 then return 'a document' end
    else
      return 'no check is called ' .. name
    end
  end

  -- Writes that no single command can do. A write returns false or nil when nothing was done.
  local made_writes

  local function special_writes()
    local writes = {}

    -- Unless a number is whole and exact, the stored one may differ in its last bits from what JSON.ARRINDEX parses.
    local function index_of_inexact(key, path, number)
      if number % 1 == 0 and math.abs(number) < 2 ^ 53 then return nil end
      local compare = comparisons()
      for position, found in ipairs(compare.decoded(text_at(key, path))[1]) do
        if compare.same_scalar(found, number) then return position - 1 end
      end
    end

    writes['list.remove'] = function(key, path, item)
      local index = redis.call('JSON.ARRINDEX', key, path, item)[1]
      -- To the command, 1 and 1.0 differ; another writer may have stored the latter.
      if string.find(item, '^-?%d+$') then
        local fraction = redis.call('JSON.ARRINDEX', key, path, item .. '.0')[1]
        if fraction >= 0 and (index < 0 or fraction < index) then index = fraction end
      end
      if index < 0 and tonumber(item) then index = index_of_inexact(key, path, tonumber(item)) end
      if not index or index < 0 then return 0 end
      redis.call('JSON.ARRPOP', key, path, index)
      return 1
    end

    -- Whether items stay the same when their text is parsed again. Fractions may change in their last bits.
    local function is_exact_as_text(items)
      return not string.find(string.gsub(string.gsub(items, '\\.', ''), '"[^"]*"', ''), '%d[.eE]')
    end

    -- Removes everything from first to the end, and appends the items after last again.
    local function cut_and_append(key, path, first, last, length)
      -- Fails here, before anything is removed, if the user may not append.
      redis.call('JSON.ARRAPPEND', key, path, 'null')
      redis.call('JSON.ARRPOP', key, path)
      local behind = {}
      for position = length - 1 - last, 1, -1 do behind[position] = redis.call('JSON.ARRPOP', key, path)[1] end
      redis.call('JSON.ARRTRIM', key, path, 0, first - 1)
      for at = 1, #behind, 1000 do
        redis.call('JSON.ARRAPPEND', key, path, unpack(behind, at, math.min(at + 999, #behind)))
      end
    end

    -- Not JSON.DEL of a range: before 8.2.2 it leaves items behind, and its time grows with the square of the range.
    writes['list.removeRange'] = function(key, path, from, to)
      local length, first, last = redis.call('JSON.ARRLEN', key, path)[1], tonumber(from), tonumber(to) - 1
      if last == length - 1 then
        -- A range that ends before it begins empties the list.
        redis.call('JSON.ARRTRIM', key, path, first == 0 and 1 or 0, first == 0 and 0 or first - 1)
      elseif first == 0 then
        redis.call('JSON.ARRTRIM', key, path, last + 1, -1)
      -- Removing items one by one moves all items after them each time.
      elseif last - first >= 1000 and is_exact_as_text(text_at(key, path .. '[' .. last + 1 .. ':]')) then
        cut_and_append(key, path, first, last, length)
      else
        for position = last, first, -1 do
          redis.call('JSON.ARRPOP', key, path, position)
        end
      end
      return last - first + 1
    end

    -- JSON.ARRTRIM treats an end before the first item as the first item.
    writes['list.keepSlice'] = function(key, path, first, last)
      if redis.call('JSON.ARRLEN', key, path)[1] + tonumber(last) < 0 then first, last = 1, 0 end
      return redis.call('JSON.ARRTRIM', key, path, first, last)
    end

    writes['dict.pop'] = function(key, path)
      local found = text_at(key, path)
      if not found then return '' end
      redis.call('JSON.DEL', key, path)
      return found
    end

    writes['list.pop'] = function(key, path, index)
      return redis.call('JSON.ARRPOP', key, path, index)[1] or ''
    end

    -- For a name that no path can carry: returns the whole dict, and removes the member by a merge.
    writes['dict.pull'] = function(key, path, patch)
      local found = text_at(key, path)
      redis.call('JSON.MERGE', key, path, patch)
      return found
    end

    -- When no path can carry the name, returns the whole dict, followed by 1.
    writes['dict.popItem'] = function(key, path)
      local name = redis.call('JSON.OBJKEYS', key, path)[1][1]
      local quote = not string.find(name, '"', 1, true) and '"' or not string.find(name, "'", 1, true) and "'"
      if quote and string.sub(name, 1, 1) ~= ' ' and not string.find(name, '\\', 1, true) then
        local member = path .. '[' .. quote .. name .. quote .. ']'
        local found = text_at(key, member)
        if redis.call('JSON.DEL', key, member) == 1 then return { name, found } end
      end
      local whole = text_at(key, path)
      redis.call('JSON.MERGE', key, path, cjson.encode({ [name] = cjson.null }))
      return { name, whole, 1 }
    end

    writes['dict.setDefault'] = function(key, path, value)
      local found = text_at(key, path)
      if found then return found end
      redis.call('JSON.SET', key, path, value)
      return text_at(key, path)
    end

    writes['instant.add'] = function(key, path, ms)
      local instants = comparisons()
      local moved = instants.format_instant(instants.parse_instant(text_at(key, path)) + tonumber(ms))
      redis.call('JSON.SET', key, path, '"' .. moved .. '"')
      return moved
    end

    writes['float.change'] = function(key, path, command, operands)
      local how = command == 'JSON.NUMMULTBY' and '*' or '+'
      local number, reply = tonumber(text_at(key, path)), nil
      for operand in string.gmatch(operands, '%S+') do
        number = applied(how, number, operand)
        -- RedisJSON lets integers overflow into the other sign. With a fraction it uses floating point, as JavaScript does.
        if math.abs(number) >= 2 ^ 53 and string.find(operand, '^-?%d+$') then operand = operand .. '.0' end
        reply = redis.call(command, key, path, operand)
      end
      return reply
    end

    -- Returns the number if it is within its limits. Otherwise takes the step back, and returns ''.
    writes['number.takeBack'] = function(key, path, by, min, max)
      local found = text_at(key, path)
      local number = tonumber(found)
      if number and number >= tonumber(min) and number <= tonumber(max) then return found end
      if number then redis.call('JSON.NUMINCRBY', key, path, by) end
      return ''
    end

    writes['delete'] = function(key)
      return redis.call('DEL', key)
    end

    writes['expire.once'] = function(key, ms)
      return redis.call('PTTL', key) == -1 and redis.call('PEXPIRE', key, ms) or 0
    end

    return writes
  end

  local function special(name, key, ...)
    made_writes = made_writes or special_writes()
    return made_writes[name](key, ...)
  end

  local backed_up, count = {}, backups
  -- include require-right

  local function back_up()
    backups = 0
    -- Makes no backups if the user may not drop them.
    require_right('UNLINK', KEYS[count + 1])
    for position = 1, count do
      backed_up[position] = redis.call('COPY', KEYS[position], KEYS[count + position])
    end
  end

  -- Uses only the commands that made the backups, because the user is known to have the rights for those.
  local function put_back()
    for position, copied in ipairs(backed_up) do
      if copied == 1 then
        redis.call('COPY', KEYS[count + position], KEYS[position], 'REPLACE')
      else
        redis.call('UNLINK', KEYS[position])
      end
    end
  end

  local function drop_backups()
    for position = 1, #backed_up do
      redis.call('UNLINK', KEYS[count + position])
    end
  end

  return { check = check, special = special, back_up = back_up, put_back = put_back, drop_backups = drop_backups }
end

-- The type found at a path, if a check does not allow it.
local function misfit(at)
  local kind = type_at(KEYS[tonumber(ARGV[at + 1])], ARGV[at + 3])
  if not string.find(ARGV[at + 4], '|' .. kind .. '|', 1, true) then return kind end
end

local NOTHING = 'nothing was done'
local replies, step = { 1 }, 0
local pcall_redis, byte = redis.pcall, string.byte
local tools

-- Runs the steps. When one fails, returns what it found.
local function run()
  local at, put_off = 2, nil
  while ARGV[at] do
    local name, key, last = ARGV[at], KEYS[tonumber(ARGV[at + 1])], at + 2 + ARGV[at + 2]
    local first, found = byte(name), nil
    -- 63 is '?', with which names of checks begin; Redis commands begin with a capital.
    if backups > 0 and first ~= 63 then
      tools = tools or rare_steps()
      tools.back_up()
    end
    if first >= 65 and first <= 90 then
      local reply = pcall_redis(name, key, unpack(ARGV, at + 3, last))
      if type(reply) == 'table' then
        found = reply.err or (reply.ok == nil and not reply[1] and NOTHING)
      elseif reply == false or reply == '[]' or reply == '[null]' then
        found = NOTHING
      end
      replies[#replies + 1] = reply
      local instead = found and put_off and misfit(put_off)
      if instead then found, step = instead, step - 1 end
      put_off = nil
    elseif name == '?type' then
      found = misfit(at)
    elseif name == '?type.late' then
      put_off = at
    elseif name == '?lock' then
      local holder = pcall_redis('GET', key)
      if holder ~= ARGV[at + 3] then
        require_allowed(holder)
        found = 'another holder, or none'
      end
    elseif name == 'release' then
      -- include lock-free
      replies[#replies + 1] = free(key, unpack(ARGV, at + 3, last))
    elseif name == 'seed' then
      -- Does nothing where there is a value, which is no failure.
      local reply = pcall_redis('JSON.SET', key, ARGV[at + 3], ARGV[at + 4], 'NX')
      found = type(reply) == 'table' and reply.err
      replies[#replies + 1] = 1
    elseif name == 'raw' then
      local reply = pcall_redis(unpack(ARGV, at + 3, last))
      found = type(reply) == 'table' and reply.err
      replies[#replies + 1] = reply
    else
      tools = tools or rare_steps()
      local is_check = first == 63
      local answer = (is_check and tools.check or tools.special)(name, key, unpack(ARGV, at + 3, last))
      if is_check then
        found = answer
      else
        -- The reply of such a write may be JSON that looks like the empty reply of a command, so only false and nil count as nothing.
        found = type(answer) == 'table' and answer.err or not answer and NOTHING
        replies[#replies + 1] = answer
      end
    end
    if found then return found end
    at, step = last + 1, step + 1
  end
end

local ran, found = pcall(run)
if not ran then found = type(found) == 'table' and found.err or tostring(found) end
if found then
  if tools then
    tools.put_back()
    tools.drop_backups()
  end
  -- Returned and not raised, even for the error of a command, because the number of the step tells which document it is about.
  return { 0, step, found, ran and 0 or 1 }
end
if tools then tools.drop_backups() end
return replies
