-- Put in front of every script: whole batches in one call (Lua can pass just under 8,000 values), and an entity's value.
local sub, byte, char = string.sub, string.byte, string.char
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

-- Members beyond these are kept in pieces of as many, so that a customer's thousandth lead costs no more than his tenth.
local INLINE = 250

-- An entity's value -> version (8 bytes, as packed), its first INLINE further members (packed seqs), holdings (msgpack
-- or ''), number of all further members.
local function entity_parts(value)
  local further = number(sub(value, 9, 12))
  local last = 12 + 4 * math.min(further, INLINE)
  return sub(value, 1, 8), sub(value, 13, last), sub(value, last + 1), further
end

-- Names of the pieces of an entity with so many members beyond INLINE.
local function pieces(id, beyond)
  local names = {}
  for i = 1, math.ceil(beyond / INLINE) do names[i] = id .. pack('>I4', i - 1) end
  return names
end

-- Put members (packed seqs) behind so many that are beyond INLINE already.
local function put_beyond(key, id, beyond, more)
  local i, within = math.floor(beyond / INLINE), beyond % INLINE
  if within > 0 then more = call('HGET', key, id .. pack('>I4', i)) .. more end
  for p = 1, #more, 4 * INLINE do
    call('HSET', key, id .. pack('>I4', i), sub(more, p, p + 4 * INLINE - 1))
    i = i + 1
  end
end

local NEVER = pack('>I8', 0)
local LIVE, SUSPENDED, PROVISIONAL = 0, 1, 2 -- state of a holding
local NOBODY = '\0\0\0\0' -- where a lead is that was turned away: no entity, and nobody finds it
-- Before the name among the counters of what members hold: a pool, a member whose signed customers are counted apart, one who
-- has left and gets nothing more, whatever a plan of before says.
local POOL, CLOSED, GONE = '\0', '\1', '\2'

-- The counter that a holding counts in.
local function counter_of(owner, pool, closed)
  if owner == '' then return POOL .. pool end
  return closed and CLOSED .. owner or owner
end

-- What members hold and pools keep, as far as this script changes it.
local open_change = {}
local function open_by(holder, change) open_change[holder] = (open_change[holder] or 0) + change end

local function hincrby(key, changes)
  for field, change in pairs(changes) do
    if change ~= 0 then call('HINCRBY', key, field, change) end
  end
end

local function hex(bytes)
  return (string.gsub(bytes, '.', function(c) return string.format('%02x', byte(c)) end))
end
