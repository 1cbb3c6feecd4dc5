-- Put in front of every script: whole batches in one call (Lua can pass just under 8,000 values), and an entity's value.
local call, sub, byte, char = redis.call, string.sub, string.byte, string.char
local pack, unpack_of, concat = struct.pack, struct.unpack, table.concat
local SLICE = 4000

-- Values of `fields` of a HASH in the same order; false where there is none.
local function hmget(key, fields)
  local n = #fields
  if n == 0 then return {} end
  if n <= SLICE then return call('HMGET', key, unpack(fields)) end
  local all = {}
  for from = 1, n, SLICE do
    local part = call('HMGET', key, unpack(fields, from, math.min(from + SLICE - 1, n)))
    for i = 1, #part do all[from + i - 1] = part[i] end
  end
  return all
end

-- `pairs_` is field, value, field, value, ...
local function hset(key, pairs_)
  for from = 1, #pairs_, SLICE do
    call('HSET', key, unpack(pairs_, from, math.min(from + SLICE - 1, #pairs_)))
  end
end

local function hdel(key, fields)
  for from = 1, #fields, SLICE do
    call('HDEL', key, unpack(fields, from, math.min(from + SLICE - 1, #fields)))
  end
end

-- Never compare packed numbers with `<`: Lua would collate them in the server's locale.
local function number(packed) return (unpack_of('>I4', packed)) end

-- An entity's value: version (8 bytes, as packed), members but the first (packed seqs), holdings (msgpack or '').
local function entity_parts(value)
  local last = 12 + 4 * number(sub(value, 9, 12))
  return sub(value, 1, 8), sub(value, 13, last), sub(value, last + 1)
end

local NEVER = pack('>I8', 0)
local POOL = '\0' -- before the name of a pool among the counters of what members hold
