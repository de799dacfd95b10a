local grants_key, exclusive_key, shared_key = KEYS[1], KEYS[2], KEYS[3]
local deadlines_key, fence_key, queue_key, waiters_key = KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]
local now_ms = math.floor(now_us / 1000)
