// Built from the .lua files of this folder by `npm run build:lua`; do not edit.
import { script } from './script';

export const commit = script(
  'commit',
  String.raw`local backups = tonumber(ARGV[1])
local function type_at(key, path)
  local reply = redis.pcall('JSON.TYPE', key, path)
  if type(reply) == 'table' and reply.err then return 'no JSON document' end
  if not reply then return 'no document' end
  return reply[1] or 'nothing'
end
local function text_at(key, path)
  local reply = redis.pcall('JSON.GET', key, path)
  if not reply or (type(reply) == 'table' and reply.err) or reply == '[]' then return nil end
  return string.sub(reply, 2, -2)
end
local function same_json(left, right)
  local function same(a, b)
    if type(a) ~= type(b) then return false end
    if type(a) ~= 'table' then return a == b end
    for k, v in pairs(a) do
      if not same(v, b[k]) then return false end
    end
    for k in pairs(b) do
      if a[k] == nil then return false end
    end
    return true
  end
  return left == right or (left ~= nil and same(cjson.decode('[' .. left .. ']'), cjson.decode('[' .. right .. ']')))
end
local function instants()
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
  local year, month, day, hour, minute, second, rest =
    string.match(json, '^"([+-]?%d+)-(%d%d)-(%d%d)[T ](%d%d):(%d%d):(%d%d)(.*)"$')
  if not year then return nil end
  local fraction, zone = string.match(rest, '^%.?(%d*)(.*)$')
  local offset = 0
  if zone ~= '' and zone ~= 'Z' then
    local sign, hours, minutes = string.match(zone, '^([+-])(%d%d):?(%d%d)$')
    if not sign then return nil end
    offset = (hours * 60 + minutes) * (sign == '-' and -1 or 1)
  end
  local ms = math.floor(tonumber('0.' .. (fraction == '' and '0' or fraction)) * 1000 + 1e-9)
  local minutes = tonumber(hour) * 60 + tonumber(minute) - offset
  return days_of(tonumber(year), tonumber(month), tonumber(day)) * MS_PER_DAY + minutes * 60000 + tonumber(second) * 1000 + ms
end
local function format_instant(ms)
  local days = math.floor(ms / MS_PER_DAY)
  local rest = ms - days * MS_PER_DAY
  local year, month, day = date_of(days)
  local text = (year < 0 or year > 9999) and string.format('%s%06d', year < 0 and '-' or '+', math.abs(year)) or string.format('%04d', year)
  return string.format('%s-%02d-%02dT%02d:%02d:%02d.%03dZ', text, month, day, math.floor(rest / 3600000),
    math.floor(rest / 60000) % 60, math.floor(rest / 1000) % 60, rest % 1000)
end
  return parse_instant, format_instant
end
local function check(name, key, path, a, b, c, d, e)
  if name == '?type' then
    local found = type_at(key, path)
    if not string.find(a, '|' .. found .. '|', 1, true) then return found end
  elseif name == '?range' then
    local how, by, min, max, whole = a, b, c, d, e
    local found = tonumber(text_at(key, path) or '')
    if not found then return type_at(key, path) end
    local result = how == '*' and found * tonumber(by) or found + tonumber(by)
    local text = string.format('%.17g', result)
    if not (result >= tonumber(min)) then return 'below-min ' .. text end
    if not (result <= tonumber(max)) then return 'above-max ' .. text end
    if whole == '1' and result % 1 ~= 0 then return 'not-an-integer ' .. text end
  elseif name == '?length' then
    local reply = redis.call('JSON.ARRLEN', key, path)
    local length = reply and reply[1]
    if not length then return type_at(key, path) end
    if length < tonumber(a) then return 'a list of ' .. length end
  elseif name == '?lock' then
    local found = redis.call('GET', key)
    if found ~= path then return found and 'another holder' or 'no holder' end
  elseif name == '?version' then
    local found = text_at(key, path) or '0'
    if tonumber(found) ~= tonumber(a) then return redis.call('EXISTS', key) == 1 and found or 'no document' end
  elseif name == '?equals' then
    local found = text_at(key, path)
    if not same_json(found, a) then return found or type_at(key, path) end
  elseif name == '?instant' then
    local found = text_at(key, path)
    if not found or not instants()(found) then return found or type_at(key, path) end
  elseif name == '?missing' then
    if redis.call('EXISTS', key) == 1 then return 'a document' end
  else
    return 'no check is called ' .. name
  end
end
local function special(name, key, ...)
  local writes = {}
  writes['list.remove'] = function(key, path, item)
    local index = redis.call('JSON.ARRINDEX', key, path, item)[1]
    if not index or index < 0 then return 0 end
    redis.call('JSON.ARRPOP', key, path, index)
    return 1
  end
  writes['dict.pop'] = function(key, path)
    local found = text_at(key, path)
    if not found then return '' end
    redis.call('JSON.DEL', key, path)
    return found
  end
  writes['list.pop'] = function(key, path, index)
    local length, position = redis.call('JSON.ARRLEN', key, path)[1], tonumber(index)
    if length == 0 then return '' end
    if position >= length or position < -length then return { err = 'out-of-range a list of ' .. length } end
    return redis.call('JSON.ARRPOP', key, path, index)[1]
  end
  writes['dict.pull'] = function(key, path, patch)
    local found = text_at(key, path)
    redis.call('JSON.MERGE', key, path, patch)
    return found
  end
  writes['dict.popItem'] = function(key, path)
    local names = redis.call('JSON.OBJKEYS', key, path)[1]
    if not names or #names == 0 then return 0 end
    local name = names[1]
    local whole = text_at(key, path)
    redis.call('JSON.MERGE', key, path, cjson.encode({ [name] = cjson.null }))
    return { name, whole }
  end
  writes['dict.setDefault'] = function(key, path, value)
    redis.call('JSON.SET', key, path, value, 'NX')
    return text_at(key, path)
  end
  writes['seed'] = function(key, path, value)
    redis.call('JSON.SET', key, path, value, 'NX')
    return 1
  end
  writes['instant.add'] = function(key, path, ms)
    local parse_instant, format_instant = instants()
    local moved = format_instant(parse_instant(text_at(key, path)) + tonumber(ms))
    redis.call('JSON.SET', key, path, '"' .. moved .. '"')
    return moved
  end
  writes['delete'] = function(key)
    return redis.call('DEL', key)
  end
  writes['expire.once'] = function(key, ms)
    return redis.call('PTTL', key) == -1 and redis.call('PEXPIRE', key, ms) or 0
  end
  return writes[name](key, ...)
end
local backed_up = {}
local function back_up()
  for position = 1, backups do
    backed_up[position] = redis.call('COPY', KEYS[position], KEYS[backups + position], 'REPLACE')
  end
  backups = 0
end
local function put_back()
  for position, copied in ipairs(backed_up) do
    if copied == 1 then
      redis.call('RENAME', KEYS[#backed_up + position], KEYS[position])
    else
      redis.call('DEL', KEYS[position])
    end
  end
end
local function nothing_done(reply)
  if type(reply) ~= 'table' then return reply == '[]' or reply == '[null]' end
  return reply.ok == nil and not reply[1]
end
local replies, at, step = { 1 }, 2, 0
local function run(name, key, args)
  local first = string.sub(name, 1, 1)
  if first == '?' then return check(name, key, unpack(args)) end
  if backups > 0 then back_up() end
  local is_command = first >= 'A' and first <= 'Z'
  local reply = (is_command and redis.pcall or special)(name, key, unpack(args))
  if type(reply) == 'table' and reply.err then return reply.err end
  if reply == false or (is_command and nothing_done(reply)) then return 'nothing was done' end
  replies[#replies + 1] = type(reply) == 'table' and reply.ok or reply
end
while ARGV[at] do
  local name, key, count = ARGV[at], KEYS[tonumber(ARGV[at + 1])], tonumber(ARGV[at + 2])
  local args = {}
  for offset = 1, count do
    args[offset] = ARGV[at + 2 + offset]
  end
  local ran, found = pcall(run, name, key, args)
  if not ran or found then put_back() end
  if not ran then found = type(found) == 'table' and found.err or tostring(found) end
  if not ran and #replies == 1 then return redis.error_reply(found) end
  if found then return { 0, step, found } end
  at, step = at + 3 + count, step + 1
end
for position = 1, #backed_up do
  redis.call('UNLINK', KEYS[#backed_up + position])
end
return replies
`,
);

export const getOrCreate = script(
  'get-or-create',
  String.raw`local stored = redis.call('JSON.GET', KEYS[1])
if stored then return stored end
redis.call('JSON.SET', KEYS[1], '$', ARGV[2])
if ARGV[1] ~= '' then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return false
`,
);

export const insertMany = script(
  'insert-many',
  String.raw`if redis.call('EXISTS', unpack(KEYS)) > 0 then
  for _, key in ipairs(KEYS) do
    if redis.call('EXISTS', key) == 1 then return key end
  end
end
local triplets = {}
for position, key in ipairs(KEYS) do
  triplets[#triplets + 1] = key
  triplets[#triplets + 1] = '$'
  triplets[#triplets + 1] = ARGV[position + 1]
end
redis.call('JSON.MSET', unpack(triplets))
if ARGV[1] ~= '' then
  for _, key in ipairs(KEYS) do
    redis.call('PEXPIRE', key, ARGV[1])
  end
end
return #KEYS
`,
);

export const lockAcquire = script(
  'lock-acquire',
  String.raw`if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return { 0, redis.call('PTTL', KEYS[1]) }
end
local document = redis.pcall('JSON.GET', KEYS[3])
if not document or type(document) == 'table' then
  redis.call('DEL', KEYS[1])
  return document or { 2 }
end
local time = redis.call('TIME')
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local fence = string.format('%.0f', math.max(last + 1, time[1] * 1000000 + time[2]))
redis.call('SET', KEYS[2], fence, 'PX', ARGV[2] + 86400000)
return { 1, fence, ARGV[3] == '1' and document or '' }
`,
);

export const lockRelease = script(
  'lock-release',
  String.raw`if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', KEYS[1], 'free')
return 1
`,
);

export const lockRenew = script(
  'lock-renew',
  String.raw`if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`,
);

export const readAndTouch = script(
  'read-and-touch',
  String.raw`local document = redis.call('JSON.GET', KEYS[1], ARGV[2])
if document then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return document
`,
);
