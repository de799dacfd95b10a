// Built from the .lua files of this folder by `npm run build:lua`; do not edit.
import type { Script } from './script';

export const commit: Script = {
  name: 'commit',
  sha1: '32fa846c53fd602d948ce0901398ea9ecc4ff670',
  source: String.raw`local backups = tonumber(ARGV[1])
local function require_allowed(reply)
  local err = type(reply) == 'table' and reply.err
  if err and not string.find(err, 'WRONGTYPE', 1, true) and not string.find(err, 'wrong Redis type', 1, true) then error(reply) end
end
local function type_at(key, path)
  local reply
  if path == '$' then reply = redis.pcall('JSON.TYPE', key) else reply = redis.pcall('JSON.TYPE', key, path) end
  if type(reply) == 'string' then return reply end
  if not reply then return 'no document' end
  require_allowed(reply)
  if reply.err then return 'no JSON document' end
  return reply.ok or reply[1] or 'nothing'
end
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
    local function is_integer(number)
      return number % 1 == 0 and number > -2 ^ 63 and number < 2 ^ 64
    end
    local function same_scalar(found, full)
      if found == full or type(found) ~= 'number' or (is_integer(found) and is_integer(full)) then return found == full end
      return math.abs(found - full) <= math.abs(full) * 2 ^ -51
    end
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
local MS_PER_DAY = 86400000
local function days_of(year, month, day)
  if month <= 2 then year = year - 1 end
  local era = math.floor(year / 400)
  local of_era = year - era * 400
  local of_year = math.floor((153 * (month + (month > 2 and -3 or 9)) + 2) / 5) + day - 1
  return era * 146097 + of_era * 365 + math.floor(of_era / 4) - math.floor(of_era / 100) + of_year - 719468
end
local function date_of(days)
  days = days + 719468
  local era = math.floor(days / 146097)
  local of_era = days - era * 146097
  local year = math.floor((of_era - math.floor(of_era / 1460) + math.floor(of_era / 36524) - math.floor(of_era / 146096)) / 365)
  local of_year = of_era - (365 * year + math.floor(year / 4) - math.floor(year / 100))
  local shifted = math.floor((5 * of_year + 2) / 153)
  local month = shifted + (shifted < 10 and 3 or -9)
  return year + era * 400 + (month <= 2 and 1 or 0), month, of_year - math.floor((153 * shifted + 2) / 5) + 1
end
local function parse_instant(json)
  local year, month, day, hour, minute, rest = string.match(json, '^"([+-]?%d+)-(%d%d)-(%d%d)[T ](%d%d):(%d%d)(.*)"$')
  if not year then return nil end
  local second, after = string.match(rest, '^:(%d%d)(.*)$')
  rest = after or rest
  local fraction, zone = string.match(rest, '^%.?(%d*)(.*)$')
  local offset = 0
  if zone ~= '' and zone ~= 'Z' then
    local sign, hours, minutes = string.match(zone, '^([+-])(%d%d):?(%d%d)$')
    if not sign then return nil end
    offset = (hours * 60 + minutes) * (sign == '-' and -1 or 1)
  end
  local ms = math.floor(tonumber('0.' .. (fraction == '' and '0' or fraction)) * 1000 + 1e-9)
  local minutes = tonumber(hour) * 60 + tonumber(minute) - offset
  return days_of(tonumber(year), tonumber(month), tonumber(day)) * MS_PER_DAY + minutes * 60000 + tonumber(second or 0) * 1000 + ms
end
local function format_instant(ms)
  ms = ms < 0 and math.ceil(ms) or math.floor(ms)
  local days = math.floor(ms / MS_PER_DAY)
  local rest = ms - days * MS_PER_DAY
  local year, month, day = date_of(days)
  local text = (year < 0 or year > 9999) and string.format('%s%06d', year < 0 and '-' or '+', math.abs(year)) or string.format('%04d', year)
  return string.format('%s-%02d-%02dT%02d:%02d:%02d.%03dZ', text, month, day, math.floor(rest / 3600000),
    math.floor(rest / 60000) % 60, math.floor(rest / 1000) % 60, rest % 1000)
end
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
  local function size_at(key, path, command, seed)
    local reply = redis.pcall(command, key, path)
    if reply and reply[1] then return reply[1] end
    local kind = type_at(key, path)
    if reply and reply.err and kind ~= 'no document' and kind ~= 'no JSON document' then error(reply) end
    if kind == 'nothing' and seed then return tonumber(seed) end
    return nil, kind
  end
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
      if math.abs(result) > 8.64e15 then return (result < 0 and 'below-min ' or 'above-max ') .. instants.format_instant(result) end
    elseif name == '?missing' then
      if redis.call('EXISTS', key) == 1 then return 'a document' end
    else
      return 'no check is called ' .. name
    end
  end
  local made_writes
  local function special_writes()
    local writes = {}
    local function index_of_inexact(key, path, number)
      if number % 1 == 0 and math.abs(number) < 2 ^ 53 then return nil end
      local compare = comparisons()
      for position, found in ipairs(compare.decoded(text_at(key, path))[1]) do
        if compare.same_scalar(found, number) then return position - 1 end
      end
    end
    writes['list.remove'] = function(key, path, item)
      local index = redis.call('JSON.ARRINDEX', key, path, item)[1]
      if string.find(item, '^-?%d+$') then
        local fraction = redis.call('JSON.ARRINDEX', key, path, item .. '.0')[1]
        if fraction >= 0 and (index < 0 or fraction < index) then index = fraction end
      end
      if index < 0 and tonumber(item) then index = index_of_inexact(key, path, tonumber(item)) end
      if not index or index < 0 then return 0 end
      redis.call('JSON.ARRPOP', key, path, index)
      return 1
    end
    local function is_exact_as_text(items)
      return not string.find(string.gsub(string.gsub(items, '\\.', ''), '"[^"]*"', ''), '%d[.eE]')
    end
    local function cut_and_append(key, path, first, last, length)
      redis.call('JSON.ARRAPPEND', key, path, 'null')
      redis.call('JSON.ARRPOP', key, path)
      local behind = {}
      for position = length - 1 - last, 1, -1 do behind[position] = redis.call('JSON.ARRPOP', key, path)[1] end
      redis.call('JSON.ARRTRIM', key, path, 0, first - 1)
      for at = 1, #behind, 1000 do
        redis.call('JSON.ARRAPPEND', key, path, unpack(behind, at, math.min(at + 999, #behind)))
      end
    end
    writes['list.removeRange'] = function(key, path, from, to)
      local length, first, last = redis.call('JSON.ARRLEN', key, path)[1], tonumber(from), tonumber(to) - 1
      if last == length - 1 then
        redis.call('JSON.ARRTRIM', key, path, first == 0 and 1 or 0, first == 0 and 0 or first - 1)
      elseif first == 0 then
        redis.call('JSON.ARRTRIM', key, path, last + 1, -1)
      elseif last - first >= 1000 and is_exact_as_text(text_at(key, path .. '[' .. last + 1 .. ':]')) then
        cut_and_append(key, path, first, last, length)
      else
        for position = last, first, -1 do
          redis.call('JSON.ARRPOP', key, path, position)
        end
      end
      return last - first + 1
    end
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
    writes['dict.pull'] = function(key, path, patch)
      local found = text_at(key, path)
      redis.call('JSON.MERGE', key, path, patch)
      return found
    end
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
        if math.abs(number) >= 2 ^ 53 and string.find(operand, '^-?%d+$') then operand = operand .. '.0' end
        reply = redis.call(command, key, path, operand)
      end
      return reply
    end
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
local function require_right(...)
  if not redis.acl_check_cmd(...) then redis.call(...) end
end
  local function back_up()
    backups = 0
    require_right('UNLINK', KEYS[count + 1])
    for position = 1, count do
      backed_up[position] = redis.call('COPY', KEYS[position], KEYS[count + position])
    end
  end
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
local function misfit(at)
  local kind = type_at(KEYS[tonumber(ARGV[at + 1])], ARGV[at + 3])
  if not string.find(ARGV[at + 4], '|' .. kind .. '|', 1, true) then return kind end
end
local NOTHING = 'nothing was done'
local replies, step = { 1 }, 0
local pcall_redis, byte = redis.pcall, string.byte
local tools
local function run()
  local at, put_off = 2, nil
  while ARGV[at] do
    local name, key, last = ARGV[at], KEYS[tonumber(ARGV[at + 1])], at + 2 + ARGV[at + 2]
    local first, found = byte(name), nil
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
local function grant(lock, fence_key, document_key, lease)
  local document = redis.pcall('JSON.GET', document_key)
  if not document or type(document) == 'table' then
    redis.call('DEL', lock)
    return document
  end
  local fence = redis.pcall('INCR', fence_key)
  if fence == 1 then
    local time = redis.pcall('TIME')
    if time.err then
      redis.call('DEL', fence_key)
      fence = time
    else
      fence = time[1] * 1000000 + time[2]
      redis.call('SET', fence_key, string.format('%.0f', fence), 'PX', lease + 86400000)
    end
  end
  if type(fence) == 'table' then
    redis.call('DEL', lock)
    return fence
  end
  return { fence, document }
end
local function free(lock, waiting, successor, lease, fence_key, document_key)
  local is_set = successor and not redis.pcall('SET', lock, successor, 'PX', lease).err
  local granted = is_set and grant(lock, fence_key, document_key, lease)
  if granted and not granted.err then return granted end
  redis.call('DEL', lock)
  if redis.call('DEL', waiting) == 0 then return 0 end
  redis.pcall('PUBLISH', lock, 'free')
  return 1
end
      replies[#replies + 1] = free(key, unpack(ARGV, at + 3, last))
    elseif name == 'seed' then
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
  return { 0, step, found, ran and 0 or 1 }
end
if tools then tools.drop_backups() end
return replies
`,
};

export const getOrCreate: Script = {
  name: 'get-or-create',
  sha1: '505e71660e976834f586ff936326f6db1834ae96',
  source: String.raw`local stored = redis.call('JSON.GET', KEYS[1])
if stored then return stored end
local function require_right(...)
  if not redis.acl_check_cmd(...) then redis.call(...) end
end
if ARGV[1] ~= '' then require_right('PEXPIRE', KEYS[1], ARGV[1]) end
redis.call('JSON.SET', KEYS[1], '$', ARGV[2])
if ARGV[1] ~= '' then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return false
`,
};

export const insertMany: Script = {
  name: 'insert-many',
  sha1: '4b290ef7de2eb549daa48aad8351a8bd64892ed9',
  source: String.raw`if redis.call('EXISTS', unpack(KEYS)) > 0 then
  for _, key in ipairs(KEYS) do
    if redis.call('EXISTS', key) == 1 then return key end
  end
end
local triplets = {}
for position, key in ipairs(KEYS) do
  triplets[3 * position - 2], triplets[3 * position - 1], triplets[3 * position] = key, '$', ARGV[position + 1]
end
local function require_right(...)
  if not redis.acl_check_cmd(...) then redis.call(...) end
end
if ARGV[1] ~= '' then require_right('PEXPIRE', KEYS[1], ARGV[1]) end
redis.call('JSON.MSET', unpack(triplets))
if ARGV[1] ~= '' then
  for _, key in ipairs(KEYS) do
    redis.call('PEXPIRE', key, ARGV[1])
  end
end
return #KEYS
`,
};

export const lockAcquire: Script = {
  name: 'lock-acquire',
  sha1: 'f8b3dd4457131a1b06cc23baf086226b0d53e060',
  source: String.raw`local function grant(lock, fence_key, document_key, lease)
  local document = redis.pcall('JSON.GET', document_key)
  if not document or type(document) == 'table' then
    redis.call('DEL', lock)
    return document
  end
  local fence = redis.pcall('INCR', fence_key)
  if fence == 1 then
    local time = redis.pcall('TIME')
    if time.err then
      redis.call('DEL', fence_key)
      fence = time
    else
      fence = time[1] * 1000000 + time[2]
      redis.call('SET', fence_key, string.format('%.0f', fence), 'PX', lease + 86400000)
    end
  end
  if type(fence) == 'table' then
    redis.call('DEL', lock)
    return fence
  end
  return { fence, document }
end
local is_set = redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2])
if not is_set and redis.pcall('GET', KEYS[2]) == ARGV[1] then
  is_set = redis.call('PEXPIRE', KEYS[2], ARGV[2]) == 1
end
if is_set then return grant(KEYS[2], KEYS[3], KEYS[1], ARGV[2]) end
if ARGV[3] ~= '0' then redis.call('SET', KEYS[4], '', 'PX', ARGV[3]) end
return redis.call('PTTL', KEYS[2])
`,
};

export const lockRelease: Script = {
  name: 'lock-release',
  sha1: '14e3a1944af571788942893584183961c3d80495',
  source: String.raw`if redis.call('GET', KEYS[1]) ~= ARGV[1] then return nil end
local function grant(lock, fence_key, document_key, lease)
  local document = redis.pcall('JSON.GET', document_key)
  if not document or type(document) == 'table' then
    redis.call('DEL', lock)
    return document
  end
  local fence = redis.pcall('INCR', fence_key)
  if fence == 1 then
    local time = redis.pcall('TIME')
    if time.err then
      redis.call('DEL', fence_key)
      fence = time
    else
      fence = time[1] * 1000000 + time[2]
      redis.call('SET', fence_key, string.format('%.0f', fence), 'PX', lease + 86400000)
    end
  end
  if type(fence) == 'table' then
    redis.call('DEL', lock)
    return fence
  end
  return { fence, document }
end
local function free(lock, waiting, successor, lease, fence_key, document_key)
  local is_set = successor and not redis.pcall('SET', lock, successor, 'PX', lease).err
  local granted = is_set and grant(lock, fence_key, document_key, lease)
  if granted and not granted.err then return granted end
  redis.call('DEL', lock)
  if redis.call('DEL', waiting) == 0 then return 0 end
  redis.pcall('PUBLISH', lock, 'free')
  return 1
end
return free(KEYS[1], unpack(ARGV, 2))
`,
};

export const lockRenew: Script = {
  name: 'lock-renew',
  sha1: 'fa10737eb65586aa8cdcbb86c892e2c1bbc3fb1d',
  source: String.raw`if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`,
};

export const readAndTouch: Script = {
  name: 'read-and-touch',
  sha1: '58c525af8407f6c13565b4b0ed5ce77bf41285e0',
  source: String.raw`local found = redis.call('JSON.GET', KEYS[1], unpack(ARGV, 2))
if found then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return found
`,
};

export const treeAdd: Script = {
  name: 'tree-add',
  sha1: 'bfa37b7b57ef5a128cfd8f1e04a1c5ee53a8fcc6',
  source: String.raw`local document_key, ttl_key, ttl_paths_key = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
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
local grants_key, exclusive_key, shared_key = KEYS[4], KEYS[5], KEYS[6]
local function grant_of(id)
  local row = redis.call('HGET', grants_key, id)
  if not row then return nil end
  local mode, ends_ms, fence, scope, path = row:match('^(.)%z([^%z]*)%z([^%z]*)%z([^%z]*)%z(.*)$')
  return { id = id, mode = mode, ends_ms = tonumber(ends_ms), fence = fence, scope = scope, path = path }
end
local function encloses(outer, inner)
  return outer == inner or inner:sub(1, #outer + 1) == outer .. '/'
end
local function covers(upper, lower)
  return lower:sub(1, #upper) == upper
end
local READ_AT_A_TIME = 64
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
local path, guard_id, scope, is_enforced = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1'
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
local function first_missing()
  local node = ''
  while node ~= path and type_at(node) do node = path:sub(1, (path:find('\1', #node + 1, true))) end
  return node
end
local function place(json)
  local is_stored = redis.pcall('JSON.SET', document_key, json_path(path), json)
  if is_stored and not is_stored.err then return forget_ttls(path) end
  local made = first_missing()
  redis.call('JSON.MERGE', document_key, '$', surroundings())
  if not redis.call('JSON.SET', document_key, json_path(path), json) then error('nothing was done at ' .. json_path(path)) end
  forget_ttls(made)
end
local stored = redis.call('JSON.GET', document_key, json_path(path))
local text = stored and stored:sub(2, -2) or ''
if text == '' then
  place(ARGV[5])
  return { 1, ARGV[5] }
end
local present = tonumber(text)
if not present then return { 0, type_at(path) } end
if math.abs(present + tonumber(ARGV[5])) > 9007199254740991 then return { 2 } end
return { 1, redis.call('JSON.NUMINCRBY', document_key, json_path(path), ARGV[5]):sub(2, -2) }
`,
};

export const treeDelete: Script = {
  name: 'tree-delete',
  sha1: '9374458443db98bfa832f53be49e4872e8cb7729',
  source: String.raw`local document_key, ttl_key, ttl_paths_key = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
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
local grants_key, exclusive_key, shared_key = KEYS[4], KEYS[5], KEYS[6]
local function grant_of(id)
  local row = redis.call('HGET', grants_key, id)
  if not row then return nil end
  local mode, ends_ms, fence, scope, path = row:match('^(.)%z([^%z]*)%z([^%z]*)%z([^%z]*)%z(.*)$')
  return { id = id, mode = mode, ends_ms = tonumber(ends_ms), fence = fence, scope = scope, path = path }
end
local function encloses(outer, inner)
  return outer == inner or inner:sub(1, #outer + 1) == outer .. '/'
end
local function covers(upper, lower)
  return lower:sub(1, #upper) == upper
end
local READ_AT_A_TIME = 64
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
local path, guard_id, scope, is_enforced = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1'
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
return { remove(path) > 0 and 1 or 0 }
`,
};

export const treeExpire: Script = {
  name: 'tree-expire',
  sha1: 'd229616b09456dab6a11c2dd7c3266869e16229c',
  source: String.raw`local document_key, ttl_key, ttl_paths_key = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
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
local grants_key, exclusive_key, shared_key = KEYS[4], KEYS[5], KEYS[6]
local function grant_of(id)
  local row = redis.call('HGET', grants_key, id)
  if not row then return nil end
  local mode, ends_ms, fence, scope, path = row:match('^(.)%z([^%z]*)%z([^%z]*)%z([^%z]*)%z(.*)$')
  return { id = id, mode = mode, ends_ms = tonumber(ends_ms), fence = fence, scope = scope, path = path }
end
local function encloses(outer, inner)
  return outer == inner or inner:sub(1, #outer + 1) == outer .. '/'
end
local function covers(upper, lower)
  return lower:sub(1, #upper) == upper
end
local READ_AT_A_TIME = 64
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
local path, guard_id, scope, is_enforced = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1'
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
if not type_at(path) then return { 0 } end
start_ttl(path, tonumber(ARGV[5]))
return { 1 }
`,
};

export const treeInspect: Script = {
  name: 'tree-inspect',
  sha1: 'fe567c59bb2b37edd42ff807c99f3537f6bdd65a',
  source: String.raw`local document_key, ttl_key, ttl_paths_key = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
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
`,
};

export const treeLockAcquire: Script = {
  name: 'tree-lock-acquire',
  sha1: 'fd0f04ab6218a48a7b77d46446c66aecdc48bf92',
  source: String.raw`local grants_key, exclusive_key, shared_key = KEYS[1], KEYS[2], KEYS[3]
local deadlines_key, fence_key, queue_key, waiters_key = KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]
local now_ms = math.floor(now_us / 1000)
local function grant_of(id)
  local row = redis.call('HGET', grants_key, id)
  if not row then return nil end
  local mode, ends_ms, fence, scope, path = row:match('^(.)%z([^%z]*)%z([^%z]*)%z([^%z]*)%z(.*)$')
  return { id = id, mode = mode, ends_ms = tonumber(ends_ms), fence = fence, scope = scope, path = path }
end
local function encloses(outer, inner)
  return outer == inner or inner:sub(1, #outer + 1) == outer .. '/'
end
local function covers(upper, lower)
  return lower:sub(1, #upper) == upper
end
local READ_AT_A_TIME = 64
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
local function waiter_of(id, row)
  local mode, ends_ms, scope, held, path, channel = row:match('^(.)%z([^%z]*)%z([^%z]*)%z(.)%z([^%z]*)%z(.*)$')
  return { id = id, mode = mode, ends_ms = tonumber(ends_ms), scope = scope, held = held == '1', channel = channel, path = path }
end
local function remove_grant(grant)
  redis.call('HDEL', grants_key, grant.id)
  redis.call('ZREM', deadlines_key, grant.id)
  redis.call('ZREM', grant.mode == 'X' and exclusive_key or shared_key, grant.path .. '\0' .. grant.id)
end
local function leave_queue(id)
  redis.call('HDEL', waiters_key, id)
  return redis.call('ZREM', queue_key, id)
end
local ROWS_AT_A_TIME, ALL = 128, -1
local function waiters_before(score, limit)
  local ids = redis.call('ZRANGEBYSCORE', queue_key, '-inf', score, 'LIMIT', 0, limit)
  local waiters = {}
  for first = 1, #ids, ROWS_AT_A_TIME do
    local rows = redis.call('HMGET', waiters_key, unpack(ids, first, math.min(first + ROWS_AT_A_TIME - 1, #ids)))
    for index, row in ipairs(rows) do
      local id = ids[first + index - 1]
      local waiter = row and waiter_of(id, row)
      if waiter and waiter.ends_ms > now_ms then
        waiters[#waiters + 1] = waiter
      else
        leave_queue(id)
      end
    end
  end
  return waiters
end
local function is_in_the_way(waiter, wanted)
  return not (waiter.mode == 'S' and wanted.mode == 'S')
    and (covers(waiter.path, wanted.path) or covers(wanted.path, waiter.path))
    and not encloses(waiter.scope, wanted.scope)
end
local function first_in_the_way(waiters, wanted)
  for _, waiter in ipairs(waiters) do
    if waiter.id == wanted.id then return nil end
    if is_in_the_way(waiter, wanted) then return waiter end
  end
end
local function keep(ttl_ms, ...)
  for _, key in ipairs({ ... }) do
    local left_ms = redis.call('PTTL', key)
    if left_ms < ttl_ms then redis.call('PEXPIRE', key, ttl_ms) end
  end
end
local function write_grant(grant)
  local row = { grant.mode, grant.ends_ms, grant.fence, grant.scope, grant.path }
  redis.call('HSET', grants_key, grant.id, table.concat(row, '\0'))
  redis.call('ZADD', deadlines_key, grant.ends_ms, grant.id)
end
local AFTERMATH_MS, FENCE_MS = 60000, 86400000
local function grant_to(wanted, ends_ms)
  leave_queue(wanted.id)
  local fence = string.format('%.0f', math.max(now_us, tonumber(redis.call('GET', fence_key) or '0') + 1))
  redis.call('SET', fence_key, fence, 'PX', ends_ms - now_ms + FENCE_MS)
  write_grant({ id = wanted.id, mode = wanted.mode, ends_ms = ends_ms, fence = fence, scope = wanted.scope, path = wanted.path })
  local index_key = wanted.mode == 'X' and exclusive_key or shared_key
  redis.call('ZADD', index_key, 0, wanted.path .. '\0' .. wanted.id)
  keep(ends_ms - now_ms + AFTERMATH_MS, grants_key, deadlines_key, index_key)
  return fence
end
local function prolong(grant, lease_ms)
  grant.ends_ms = now_ms + lease_ms
  write_grant(grant)
  keep(lease_ms + AFTERMATH_MS, grants_key, deadlines_key, grant.mode == 'X' and exclusive_key or shared_key)
end
local JUDGED_AT_MOST = 128
local function hand_over()
  local waiters = waiters_before('+inf', JUDGED_AT_MOST)
  for _, waiter in ipairs(waiters) do
    local is_blocked = (not waiter.held and first_in_the_way(waiters, waiter)) or first_conflict(waiter, function() return true end)
    if not is_blocked then
      redis.call('PUBLISH', waiter.channel, waiter.id .. ' ' .. grant_to(waiter, waiter.ends_ms))
    end
  end
end
local function remove_due_grants()
  local ids = redis.call('ZRANGEBYSCORE', deadlines_key, '-inf', now_ms, 'LIMIT', 0, 128)
  for _, id in ipairs(ids) do
    local grant = grant_of(id)
    if grant then remove_grant(grant) else redis.call('ZREM', deadlines_key, id) end
  end
  return #ids > 0
end
local wanted = { id = ARGV[1], scope = ARGV[2], mode = ARGV[3], path = ARGV[7] }
local lease_ms, wait_ms = tonumber(ARGV[4]), tonumber(ARGV[5])
local function holds_something()
  for id in ARGV[8]:gmatch('[^\n]+') do
    local grant = grant_of(id)
    if grant and grant.ends_ms > now_ms and encloses(grant.scope, wanted.scope) then return true end
  end
  return false
end
local LOOKED_AT_MOST = 256
local function closes_a_ring()
  local waiters = waiters_before('+inf', ALL)
  local seen, open, looked_at = {}, { wanted }, 0
  while #open > 0 do
    local closes = first_conflict(table.remove(open), function(holder)
      if encloses(holder.scope, wanted.scope) then return true end
      if looked_at == LOOKED_AT_MOST then return false end
      looked_at = looked_at + 1
      if not seen[holder.scope] then
        seen[holder.scope] = true
        for _, waiter in ipairs(waiters) do
          if encloses(holder.scope, waiter.scope) then open[#open + 1] = waiter end
        end
      end
    end)
    if closes then return true end
  end
  return false
end
local function stand_in_queue(held, hint_ms)
  if wait_ms > 0 then
    if not redis.call('ZSCORE', queue_key, wanted.id) then redis.call('ZADD', queue_key, now_us, wanted.id) end
    local row = { wanted.mode, now_ms + wait_ms, wanted.scope, held and '1' or '0', wanted.path, ARGV[6] }
    redis.call('HSET', waiters_key, wanted.id, table.concat(row, '\0'))
    keep(wait_ms * 2, queue_key, waiters_key)
  end
  return { 0, hint_ms, redis.call('GET', fence_key) or '0' }
end
local has_freed = remove_due_grants()
local mine = grant_of(wanted.id)
if mine and mine.ends_ms > now_ms then
  prolong(mine, lease_ms)
  return { 1, mine.fence }
end
local held = holds_something()
local blocker = first_conflict(wanted, function(grant) return grant end)
local answer
if blocker then
  if held and wait_ms > 0 and closes_a_ring() then
    has_freed = leave_queue(wanted.id) > 0 or has_freed
    answer = { -1, blocker.path }
  else
    answer = stand_in_queue(held, blocker.ends_ms - now_ms)
  end
else
  local place = redis.call('ZSCORE', queue_key, wanted.id)
  local earlier = not held and first_in_the_way(waiters_before(place and '(' .. place or '+inf', ALL), wanted)
  answer = earlier and stand_in_queue(held, earlier.ends_ms - now_ms) or { 1, grant_to(wanted, now_ms + lease_ms) }
end
if has_freed then hand_over() end
return answer
`,
};

export const treeLockRelease: Script = {
  name: 'tree-lock-release',
  sha1: '37b2e5f4373a2cab694aa79ed747068236ab254d',
  source: String.raw`local grants_key, exclusive_key, shared_key = KEYS[1], KEYS[2], KEYS[3]
local deadlines_key, fence_key, queue_key, waiters_key = KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]
local now_ms = math.floor(now_us / 1000)
local function grant_of(id)
  local row = redis.call('HGET', grants_key, id)
  if not row then return nil end
  local mode, ends_ms, fence, scope, path = row:match('^(.)%z([^%z]*)%z([^%z]*)%z([^%z]*)%z(.*)$')
  return { id = id, mode = mode, ends_ms = tonumber(ends_ms), fence = fence, scope = scope, path = path }
end
local function encloses(outer, inner)
  return outer == inner or inner:sub(1, #outer + 1) == outer .. '/'
end
local function covers(upper, lower)
  return lower:sub(1, #upper) == upper
end
local READ_AT_A_TIME = 64
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
local function waiter_of(id, row)
  local mode, ends_ms, scope, held, path, channel = row:match('^(.)%z([^%z]*)%z([^%z]*)%z(.)%z([^%z]*)%z(.*)$')
  return { id = id, mode = mode, ends_ms = tonumber(ends_ms), scope = scope, held = held == '1', channel = channel, path = path }
end
local function remove_grant(grant)
  redis.call('HDEL', grants_key, grant.id)
  redis.call('ZREM', deadlines_key, grant.id)
  redis.call('ZREM', grant.mode == 'X' and exclusive_key or shared_key, grant.path .. '\0' .. grant.id)
end
local function leave_queue(id)
  redis.call('HDEL', waiters_key, id)
  return redis.call('ZREM', queue_key, id)
end
local ROWS_AT_A_TIME, ALL = 128, -1
local function waiters_before(score, limit)
  local ids = redis.call('ZRANGEBYSCORE', queue_key, '-inf', score, 'LIMIT', 0, limit)
  local waiters = {}
  for first = 1, #ids, ROWS_AT_A_TIME do
    local rows = redis.call('HMGET', waiters_key, unpack(ids, first, math.min(first + ROWS_AT_A_TIME - 1, #ids)))
    for index, row in ipairs(rows) do
      local id = ids[first + index - 1]
      local waiter = row and waiter_of(id, row)
      if waiter and waiter.ends_ms > now_ms then
        waiters[#waiters + 1] = waiter
      else
        leave_queue(id)
      end
    end
  end
  return waiters
end
local function is_in_the_way(waiter, wanted)
  return not (waiter.mode == 'S' and wanted.mode == 'S')
    and (covers(waiter.path, wanted.path) or covers(wanted.path, waiter.path))
    and not encloses(waiter.scope, wanted.scope)
end
local function first_in_the_way(waiters, wanted)
  for _, waiter in ipairs(waiters) do
    if waiter.id == wanted.id then return nil end
    if is_in_the_way(waiter, wanted) then return waiter end
  end
end
local function keep(ttl_ms, ...)
  for _, key in ipairs({ ... }) do
    local left_ms = redis.call('PTTL', key)
    if left_ms < ttl_ms then redis.call('PEXPIRE', key, ttl_ms) end
  end
end
local function write_grant(grant)
  local row = { grant.mode, grant.ends_ms, grant.fence, grant.scope, grant.path }
  redis.call('HSET', grants_key, grant.id, table.concat(row, '\0'))
  redis.call('ZADD', deadlines_key, grant.ends_ms, grant.id)
end
local AFTERMATH_MS, FENCE_MS = 60000, 86400000
local function grant_to(wanted, ends_ms)
  leave_queue(wanted.id)
  local fence = string.format('%.0f', math.max(now_us, tonumber(redis.call('GET', fence_key) or '0') + 1))
  redis.call('SET', fence_key, fence, 'PX', ends_ms - now_ms + FENCE_MS)
  write_grant({ id = wanted.id, mode = wanted.mode, ends_ms = ends_ms, fence = fence, scope = wanted.scope, path = wanted.path })
  local index_key = wanted.mode == 'X' and exclusive_key or shared_key
  redis.call('ZADD', index_key, 0, wanted.path .. '\0' .. wanted.id)
  keep(ends_ms - now_ms + AFTERMATH_MS, grants_key, deadlines_key, index_key)
  return fence
end
local function prolong(grant, lease_ms)
  grant.ends_ms = now_ms + lease_ms
  write_grant(grant)
  keep(lease_ms + AFTERMATH_MS, grants_key, deadlines_key, grant.mode == 'X' and exclusive_key or shared_key)
end
local JUDGED_AT_MOST = 128
local function hand_over()
  local waiters = waiters_before('+inf', JUDGED_AT_MOST)
  for _, waiter in ipairs(waiters) do
    local is_blocked = (not waiter.held and first_in_the_way(waiters, waiter)) or first_conflict(waiter, function() return true end)
    if not is_blocked then
      redis.call('PUBLISH', waiter.channel, waiter.id .. ' ' .. grant_to(waiter, waiter.ends_ms))
    end
  end
end
local function remove_due_grants()
  local ids = redis.call('ZRANGEBYSCORE', deadlines_key, '-inf', now_ms, 'LIMIT', 0, 128)
  for _, id in ipairs(ids) do
    local grant = grant_of(id)
    if grant then remove_grant(grant) else redis.call('ZREM', deadlines_key, id) end
  end
  return #ids > 0
end
local has_freed = remove_due_grants()
local grant = grant_of(ARGV[1])
if grant then remove_grant(grant) end
if leave_queue(ARGV[1]) > 0 or grant or has_freed then hand_over() end
return grant and grant.ends_ms > now_ms and 1 or 0
`,
};

export const treeLockRenew: Script = {
  name: 'tree-lock-renew',
  sha1: '7e53303dda8a261703528981aa344d9025b600e8',
  source: String.raw`local grants_key, exclusive_key, shared_key = KEYS[1], KEYS[2], KEYS[3]
local deadlines_key, fence_key, queue_key, waiters_key = KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]
local now_ms = math.floor(now_us / 1000)
local function grant_of(id)
  local row = redis.call('HGET', grants_key, id)
  if not row then return nil end
  local mode, ends_ms, fence, scope, path = row:match('^(.)%z([^%z]*)%z([^%z]*)%z([^%z]*)%z(.*)$')
  return { id = id, mode = mode, ends_ms = tonumber(ends_ms), fence = fence, scope = scope, path = path }
end
local function encloses(outer, inner)
  return outer == inner or inner:sub(1, #outer + 1) == outer .. '/'
end
local function covers(upper, lower)
  return lower:sub(1, #upper) == upper
end
local READ_AT_A_TIME = 64
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
local function waiter_of(id, row)
  local mode, ends_ms, scope, held, path, channel = row:match('^(.)%z([^%z]*)%z([^%z]*)%z(.)%z([^%z]*)%z(.*)$')
  return { id = id, mode = mode, ends_ms = tonumber(ends_ms), scope = scope, held = held == '1', channel = channel, path = path }
end
local function remove_grant(grant)
  redis.call('HDEL', grants_key, grant.id)
  redis.call('ZREM', deadlines_key, grant.id)
  redis.call('ZREM', grant.mode == 'X' and exclusive_key or shared_key, grant.path .. '\0' .. grant.id)
end
local function leave_queue(id)
  redis.call('HDEL', waiters_key, id)
  return redis.call('ZREM', queue_key, id)
end
local ROWS_AT_A_TIME, ALL = 128, -1
local function waiters_before(score, limit)
  local ids = redis.call('ZRANGEBYSCORE', queue_key, '-inf', score, 'LIMIT', 0, limit)
  local waiters = {}
  for first = 1, #ids, ROWS_AT_A_TIME do
    local rows = redis.call('HMGET', waiters_key, unpack(ids, first, math.min(first + ROWS_AT_A_TIME - 1, #ids)))
    for index, row in ipairs(rows) do
      local id = ids[first + index - 1]
      local waiter = row and waiter_of(id, row)
      if waiter and waiter.ends_ms > now_ms then
        waiters[#waiters + 1] = waiter
      else
        leave_queue(id)
      end
    end
  end
  return waiters
end
local function is_in_the_way(waiter, wanted)
  return not (waiter.mode == 'S' and wanted.mode == 'S')
    and (covers(waiter.path, wanted.path) or covers(wanted.path, waiter.path))
    and not encloses(waiter.scope, wanted.scope)
end
local function first_in_the_way(waiters, wanted)
  for _, waiter in ipairs(waiters) do
    if waiter.id == wanted.id then return nil end
    if is_in_the_way(waiter, wanted) then return waiter end
  end
end
local function keep(ttl_ms, ...)
  for _, key in ipairs({ ... }) do
    local left_ms = redis.call('PTTL', key)
    if left_ms < ttl_ms then redis.call('PEXPIRE', key, ttl_ms) end
  end
end
local function write_grant(grant)
  local row = { grant.mode, grant.ends_ms, grant.fence, grant.scope, grant.path }
  redis.call('HSET', grants_key, grant.id, table.concat(row, '\0'))
  redis.call('ZADD', deadlines_key, grant.ends_ms, grant.id)
end
local AFTERMATH_MS, FENCE_MS = 60000, 86400000
local function grant_to(wanted, ends_ms)
  leave_queue(wanted.id)
  local fence = string.format('%.0f', math.max(now_us, tonumber(redis.call('GET', fence_key) or '0') + 1))
  redis.call('SET', fence_key, fence, 'PX', ends_ms - now_ms + FENCE_MS)
  write_grant({ id = wanted.id, mode = wanted.mode, ends_ms = ends_ms, fence = fence, scope = wanted.scope, path = wanted.path })
  local index_key = wanted.mode == 'X' and exclusive_key or shared_key
  redis.call('ZADD', index_key, 0, wanted.path .. '\0' .. wanted.id)
  keep(ends_ms - now_ms + AFTERMATH_MS, grants_key, deadlines_key, index_key)
  return fence
end
local function prolong(grant, lease_ms)
  grant.ends_ms = now_ms + lease_ms
  write_grant(grant)
  keep(lease_ms + AFTERMATH_MS, grants_key, deadlines_key, grant.mode == 'X' and exclusive_key or shared_key)
end
local JUDGED_AT_MOST = 128
local function hand_over()
  local waiters = waiters_before('+inf', JUDGED_AT_MOST)
  for _, waiter in ipairs(waiters) do
    local is_blocked = (not waiter.held and first_in_the_way(waiters, waiter)) or first_conflict(waiter, function() return true end)
    if not is_blocked then
      redis.call('PUBLISH', waiter.channel, waiter.id .. ' ' .. grant_to(waiter, waiter.ends_ms))
    end
  end
end
local function remove_due_grants()
  local ids = redis.call('ZRANGEBYSCORE', deadlines_key, '-inf', now_ms, 'LIMIT', 0, 128)
  for _, id in ipairs(ids) do
    local grant = grant_of(id)
    if grant then remove_grant(grant) else redis.call('ZREM', deadlines_key, id) end
  end
  return #ids > 0
end
local grant = grant_of(ARGV[1])
if not grant or grant.ends_ms <= now_ms then return 0 end
prolong(grant, tonumber(ARGV[2]))
return 1
`,
};

export const treeLockState: Script = {
  name: 'tree-lock-state',
  sha1: 'ff9abcbcba50a488d48fd0788321a4991b24d916',
  source: String.raw`local grants_key, exclusive_key, shared_key = KEYS[1], KEYS[2], KEYS[3]
local deadlines_key, fence_key, queue_key, waiters_key = KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]
local now_ms = math.floor(now_us / 1000)
local function grant_of(id)
  local row = redis.call('HGET', grants_key, id)
  if not row then return nil end
  local mode, ends_ms, fence, scope, path = row:match('^(.)%z([^%z]*)%z([^%z]*)%z([^%z]*)%z(.*)$')
  return { id = id, mode = mode, ends_ms = tonumber(ends_ms), fence = fence, scope = scope, path = path }
end
local function encloses(outer, inner)
  return outer == inner or inner:sub(1, #outer + 1) == outer .. '/'
end
local function covers(upper, lower)
  return lower:sub(1, #upper) == upper
end
local READ_AT_A_TIME = 64
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
`,
};

export const treeRead: Script = {
  name: 'tree-read',
  sha1: 'eb672addd4c7a027a579867d40f370f3f011aa22',
  source: String.raw`local document_key, ttl_key, ttl_paths_key = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
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
local values = {}
for index, path in ipairs(ARGV) do values[index] = redis.call('JSON.GET', document_key, json_path(path)) or '[]' end
return values
`,
};

export const treeSet: Script = {
  name: 'tree-set',
  sha1: 'bc64aba7164130177060586a5539768a3d9b5cb1',
  source: String.raw`local document_key, ttl_key, ttl_paths_key = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
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
local grants_key, exclusive_key, shared_key = KEYS[4], KEYS[5], KEYS[6]
local function grant_of(id)
  local row = redis.call('HGET', grants_key, id)
  if not row then return nil end
  local mode, ends_ms, fence, scope, path = row:match('^(.)%z([^%z]*)%z([^%z]*)%z([^%z]*)%z(.*)$')
  return { id = id, mode = mode, ends_ms = tonumber(ends_ms), fence = fence, scope = scope, path = path }
end
local function encloses(outer, inner)
  return outer == inner or inner:sub(1, #outer + 1) == outer .. '/'
end
local function covers(upper, lower)
  return lower:sub(1, #upper) == upper
end
local READ_AT_A_TIME = 64
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
local path, guard_id, scope, is_enforced = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1'
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
local function first_missing()
  local node = ''
  while node ~= path and type_at(node) do node = path:sub(1, (path:find('\1', #node + 1, true))) end
  return node
end
local function place(json)
  local is_stored = redis.pcall('JSON.SET', document_key, json_path(path), json)
  if is_stored and not is_stored.err then return forget_ttls(path) end
  local made = first_missing()
  redis.call('JSON.MERGE', document_key, '$', surroundings())
  if not redis.call('JSON.SET', document_key, json_path(path), json) then error('nothing was done at ' .. json_path(path)) end
  forget_ttls(made)
end
place(ARGV[5])
if ARGV[6] ~= '' then start_ttl(path, tonumber(ARGV[6])) end
return { 1 }
`,
};

export const treeTimeToLive: Script = {
  name: 'tree-time-to-live',
  sha1: '9dde869f99bf017dae8668d193a6af3fa2b42994',
  source: String.raw`local document_key, ttl_key, ttl_paths_key = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
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
local path = ARGV[1]
if not type_at(path) then return -2 end
local left_ms = -1
local ancestor = ''
while true do
  local ends_ms = redis.call('ZSCORE', ttl_key, ancestor)
  if ends_ms and (left_ms == -1 or ends_ms - now_ms < left_ms) then left_ms = ends_ms - now_ms end
  if ancestor == path then return left_ms end
  ancestor = path:sub(1, (path:find('\1', #ancestor + 1, true)))
end
`,
};
