--[[ read-and-touch
Reads a document and starts its time to live anew.
KEYS[1]  document key
ARGV[1]  time to live in milliseconds
Returns  the JSON text, or nil when there is no document
Errors   the key holds something else than JSON
Cluster  one key, one slot          Cost     linear in the document
]]
local document = redis.call('JSON.GET', KEYS[1], '.')
if document then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return document
