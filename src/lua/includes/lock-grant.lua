-- The lock is set: answers the fence and the document, or frees it again when there is no document.
local function grant(lock, fence_key, document_key, lease)
  local document = redis.pcall('JSON.GET', document_key)
  if not document or type(document) == 'table' then
    redis.call('DEL', lock)
    return document
  end
  local fence = redis.pcall('INCR', fence_key)
  if fence == 1 then
    -- Nothing is known of earlier grants. Counted from the time they cannot have come this far.
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
