-- include lock-grant
-- Hands the lock over to a successor, who gets what a grant answers. Without one frees it, tells those who wait, and answers whether there are any.
local function free(lock, waiting, successor, lease, fence_key, document_key)
  -- Without memory nothing can be set; to free the lock takes none.
  local is_set = successor and not redis.pcall('SET', lock, successor, 'PX', lease).err
  local granted = is_set and grant(lock, fence_key, document_key, lease)
  if granted and not granted.err then return granted end
  redis.call('DEL', lock)
  if redis.call('DEL', waiting) == 0 then return 0 end
  -- Who must not publish leaves it to those who wait to ask again.
  redis.pcall('PUBLISH', lock, 'free')
  return 1
end
