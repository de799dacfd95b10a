-- include lock-grant
-- Hands the lock over to a successor, and returns its grant. Without a successor, frees the lock, tells the waiters, and returns whether there are any.
local function free(lock, waiting, successor, lease, fence_key, document_key)
  -- When memory is full, SET fails, but DEL still works.
  local is_set = successor and not redis.pcall('SET', lock, successor, 'PX', lease).err
  local granted = is_set and grant(lock, fence_key, document_key, lease)
  if granted and not granted.err then return granted end
  redis.call('DEL', lock)
  if redis.call('DEL', waiting) == 0 then return 0 end
  -- Without the right to publish, waiters find out when they ask again.
  redis.pcall('PUBLISH', lock, 'free')
  return 1
end
