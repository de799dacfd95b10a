--[[ insert-many
Writes new documents: all of them, or none when one of the keys exists.
KEYS[1..n]  document keys
ARGV[1]     time to live in milliseconds, or '' for none
ARGV[2..]   the documents as JSON text, in the order of the keys
Returns     the number of documents, or the first key that exists as text
Errors      none of its own
Cluster     all keys in one slot          Cost     linear in the documents
]]
if redis.call('EXISTS', unpack(KEYS)) > 0 then
  for _, key in ipairs(KEYS) do
    if redis.call('EXISTS', key) == 1 then return key end
  end
end
local triplets = {}
for position, key in ipairs(KEYS) do
  triplets[3 * position - 2], triplets[3 * position - 1], triplets[3 * position] = key, '$', ARGV[position + 1]
end
-- include require-right
if ARGV[1] ~= '' then require_right('PEXPIRE', KEYS[1], ARGV[1]) end
redis.call('JSON.MSET', unpack(triplets))
if ARGV[1] ~= '' then
  for _, key in ipairs(KEYS) do
    redis.call('PEXPIRE', key, ARGV[1])
  end
end
return #KEYS
