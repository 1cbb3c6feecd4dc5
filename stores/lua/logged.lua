-- In front of every script that changes what a tenant's state is: each write is kept as it was made and put in the journal by
-- `flush`, the last thing a script does, so that a rebuild repeats writes and never judges again (stores/rebuild.py).
-- Not kept: buckets of match keys (made anew from the records) and the journal itself.
local logging, written, tag_of_all = true, {}, nil
local WRITES = { HSET = 1, HSETNX = 1, HDEL = 1, HINCRBY = 1, HINCRBYFLOAT = 1, SET = 1, DEL = 1, INCR = 1, INCRBY = 1, APPEND = 1, RPUSH = 1, LPUSH = 1,
  LPOP = 1, RPOP = 1, LTRIM = 1, LSET = 1, LREM = 1, SADD = 1, SREM = 1, ZADD = 1, ZREM = 1, ZREMRANGEBYSCORE = 1, EXPIRE = 1, PEXPIRE = 1, SETEX = 1 }
local function call(command, key, ...)
  if logging and WRITES[command] then
    local tag = tag_of_all or string.match(key, '^{[^}]*}')
    local table_ = tag and string.sub(key, #tag + 1)
    local first = table_ and string.byte(table_)
    if first and first ~= 107 and first ~= 106 then -- k, j
      tag_of_all = tag
      written[#written + 1] = { command, table_, ... }
    end
  end
  return redis.call(command, key, ...)
end

-- Entry `w` of the journal's stream, under the number of the last effect: per write the number of words (2 bytes), then
-- each word behind its length (4 bytes).
local function flush()
  if #written == 0 then return end
  local out = {}
  for _, write in ipairs(written) do
    out[#out + 1] = struct.pack('>H', #write)
    for _, word in ipairs(write) do
      if type(word) == 'number' then word = string.format('%.17g', word) end
      out[#out + 1] = struct.pack('>I4', #word)
      out[#out + 1] = word
    end
  end
  local journal = redis.call('HGET', tag_of_all .. 'c', 'journal') or '0'
  redis.call('XADD', tag_of_all .. 'j', journal .. '-*', 'w', table.concat(out))
end
