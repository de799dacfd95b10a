--[[ lock-acquire
Takes a lock when it is free, and answers the document that it guards.
KEYS[1]  lock key            KEYS[2]  fence key           KEYS[3]  document key
ARGV[1]  token of the holder ARGV[2]  lease in milliseconds
Returns  {fence, document}; milliseconds until the present lease ends, when the lock is taken; or nil when there is no document
Errors   the document key holds something else than JSON; the lock is free then
Cluster  all keys in one slot          Cost     linear in the document
]]
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return redis.call('PTTL', KEYS[1])
end
local document = redis.pcall('JSON.GET', KEYS[3])
if not document or type(document) == 'table' then
  redis.call('DEL', KEYS[1])
  return document
end
local fence = redis.call('INCR', KEYS[2])
if fence == 1 then
  -- Nothing is known of earlier grants. Counted from the time they cannot have come this far.
  local time = redis.call('TIME')
  fence = time[1] * 1000000 + time[2]
  redis.call('SET', KEYS[2], string.format('%.0f', fence), 'PX', ARGV[2] + 86400000)
end
return { fence, document }
