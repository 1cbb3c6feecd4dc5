-- held: what a member or pool holds, latest first, a page at a time. The list is of hints: a hint counts when the lease it names
-- says so, and is taken off the list when not. Reading downwards, nothing is missed when hints below are taken off meanwhile.
-- KEYS 1 to 11 as in commit.lua, 12 timers, 13 lists of holders, 14 this holder's. ARGV 1 so many hints from the start are left to
--   read (-1 all), 2 how many to read now. Reply: how many are left, then msgpack of { entity, version, lease } each.
-- Before it: shared, entities, lease.
local left, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local length = call('LLEN', KEYS[14])
if left < 0 or left > length then left = length end
local first = math.max(left - most, 0)
local hints = left > 0 and call('LRANGE', KEYS[14], first, left - 1) or {}
for _, hint_ in ipairs(hints) do ask(sub(hint_, 1, 4)) end
load_asked()

local holder = sub(KEYS[14], #KEYS[13] + 1)
local reply, dead, told = { 0 }, 0, {}
for i = #hints, 1, -1 do
  local seq, given = unpack_of('>I4I4', hints[i])
  local e, found = root(sub(hints[i], 1, 4)), nil
  for _, h in ipairs(stored[e] and holdings(e) or {}) do
    local mine = h[2] == holder or (h[2] == '' and POOL .. h[3] == holder)
    if mine and h[7] == seq and h[5] % 4294967296 == given then found = h end
  end
  if found and not told[hints[i]] then
    told[hints[i]], reply[#reply + 1] = true, cmsgpack.pack({ number(e), unpack_of('>I8', sub(stored[e], 1, 8)), found })
  else
    call('LSET', KEYS[14], first + i - 1, '')
    dead = dead + 1
  end
end
if dead > 0 then call('LREM', KEYS[14], dead, '') end
reply[1] = first
return reply
