-- Hands the lock over to an heir, who gets what a grant answers. Without one frees it, tells those who wait, and answers whether there are any.
local function free(lock, waiting, heir, lease, fence_key, document_key)
  local gone
  if heir then
    redis.call('SET', lock, heir, 'PX', lease)
    local granted = grant(lock, fence_key, document_key, lease)
    if granted and not granted.err then return granted end
    gone = 1 + redis.call('DEL', waiting)
  else
    gone = redis.call('DEL', lock, waiting)
  end
  if gone < 2 then return 0 end
  redis.call('PUBLISH', lock, 'free')
  return 1
end
