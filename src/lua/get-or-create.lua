--[[ get-or-create
Writes a document unless there is one, and answers the one that there was.
KEYS[1]  document key
ARGV[1]  time to live in milliseconds, or '' for none          ARGV[2]  the document as JSON text
Returns  nil when it was written, else the stored document
Errors   the key holds something else than JSON
Cluster  one key, one slot          Cost     linear in the document
]]
local stored = redis.call('JSON.GET', KEYS[1])
if stored then return stored end
-- include require-right
if ARGV[1] ~= '' then require_right('PEXPIRE', KEYS[1], ARGV[1]) end
redis.call('JSON.SET', KEYS[1], '$', ARGV[2])
if ARGV[1] ~= '' then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return false
