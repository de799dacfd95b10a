-- Called once the lock is set: returns the fence and the document, or frees the lock again if there is no document.
local function grant(lock, fence_key, document_key, lease)
  local document = redis.pcall('JSON.GET', document_key)
  if not document or type(document) == 'table' then
    redis.call('DEL', lock)
    return document
  end
  local fence = redis.pcall('INCR', fence_key)
  if fence == 1 then
    -- Earlier fences are forgotten. Starting from the time in microseconds, the new one is greater than any of them.
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
