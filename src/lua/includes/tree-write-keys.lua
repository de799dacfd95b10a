local grants_key, exclusive_key, shared_key = KEYS[4], KEYS[5], KEYS[6]
