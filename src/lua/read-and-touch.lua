--[[ read-and-touch
Reads a document, or parts of it, and starts its time to live anew.
KEYS[1]  document key
ARGV[1]  time to live in milliseconds        ARGV[2..]  paths to read
Returns  the reply to JSON.GET: JSON text, or nil when there is no document
Errors   the key holds something else than JSON
Cluster  one key, one slot          Cost     linear in the document
]]
local found = redis.call('JSON.GET', KEYS[1], unpack(ARGV, 2))
if found then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return found
