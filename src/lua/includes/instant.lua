local MS_PER_DAY = 86400000

-- Days since 1970-01-01 of a date in the proleptic Gregorian calendar, and back, in constant time.
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

-- Milliseconds since 1970 of ISO 8601 text in quotes; text without a zone is UTC. Nil when it is no date.
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

-- Fractions of a millisecond are cut off towards 1970, as Date does.
local function format_instant(ms)
  ms = ms < 0 and math.ceil(ms) or math.floor(ms)
  local days = math.floor(ms / MS_PER_DAY)
  local rest = ms - days * MS_PER_DAY
  local year, month, day = date_of(days)
  local text = (year < 0 or year > 9999) and string.format('%s%06d', year < 0 and '-' or '+', math.abs(year)) or string.format('%04d', year)
  return string.format('%s-%02d-%02dT%02d:%02d:%02d.%03dZ', text, month, day, math.floor(rest / 3600000),
    math.floor(rest / 60000) % 60, math.floor(rest / 1000) % 60, rest % 1000)
end
