-- handover: customers of one member pass to others, several in one step: who leaves, who has had them long, who has signed them.
-- Keys: 1 to 11 as in commit.lua, 12 timers, 13 lists of holders.
-- ARGV 1 at_ms, 2 actor, 3 why, 4 what the counters of this hand-over are kept under, 5 most customers one successor gets in it
--   (-1 any number), 6 flags: l the former owner has left (locks and disputes keep nothing with him, his own claims in disputes
--   end, nothing new reaches him), p what nobody can take goes to a pool, d only say what would happen; 7 who has them now,
--   8 msgpack of the ways: { shares { member, weight, most open }, pool, protect, recycle, close within, warn in ms, closed exempt },
--   9 msgpack of the customers: { lead, scope, event in hex, number of its way }.
-- Reply: for each what came of it and to whom: moved | pooled | kept (nobody can take it) | gone (it is his no more) | withdrawn
--   (he only claimed it) | locked | suspended (a case about it runs). Done again it finds them gone. Before it: shared, entities, lease.
local at, actor, why, group, cap, flags, from = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6], ARGV[7]
local leaving, pooling, dry = string.find(flags, 'l'), string.find(flags, 'p'), string.find(flags, 'd')
local ways, items = cmsgpack.unpack(ARGV[8]), cmsgpack.unpack(ARGV[9])
time = math.max(time, at)
local effects, reply = {}, {}

-- 1. what is read: the customers, what each successor holds and was given in this hand-over
for _, item in ipairs(items) do ask(pack('>I4', item[1])) end
load_asked()
local held, given, given_change, names, fields = {}, {}, {}, {}, {}
for _, way in ipairs(ways) do
  for _, share in ipairs(way[1]) do
    if not held[share[1]] then
      held[share[1]] = 0
      names[#names + 1] = share[1]
    end
  end
end
for i, name in ipairs(names) do fields[2 * i - 1], fields[2 * i] = name, CLOSED .. name end
local counted = hmget(KEYS[7], fields)
for i, name in ipairs(names) do
  held[name] = { tonumber(counted[2 * i - 1] or 0), tonumber(counted[2 * i] or 0) }
  fields[i] = group .. '\0' .. name
end
for i = #fields, #names + 1, -1 do fields[i] = nil end
for i, value in ipairs(hmget(KEYS[6], fields)) do given[names[i]] = tonumber(value or 0) end

local function has_room(share, way, l)
  local member = share[1]
  if share[2] <= 0 or member == from or (cap >= 0 and given[member] >= cap) then return false end
  if share[3] < 0 or (l.closed and way[7]) then return true end
  local now = held[member][1] + (open_change[member] or 0)
  if not way[7] then now = now + held[member][2] + (open_change[CLOSED .. member] or 0) end
  return now < share[3]
end

-- Whoever was given the fewest in this hand-over for his weight; nil when nobody can take it.
local function successor(way, l)
  local best, least = nil, math.huge
  for _, share in ipairs(way[1]) do
    if has_room(share, way, l) and (given[share[1]] + 1) / share[2] < least then
      best, least = share[1], (given[share[1]] + 1) / share[2]
    end
  end
  if best then
    given[best] = given[best] + 1
    given_change[best] = true
  end
  return best
end

local function move(what, e, item, member, l)
  journal = journal + 1
  effects[#effects + 1] = string.format('%.0f', journal)
  effects[#effects + 1] = 'm' .. cmsgpack.pack({ what, time, number(e), item[2], member, item[3], why, 0, actor, '', 'transfer', '', 0, holding_of(l) })
end

-- His own claims in disputes end with him.
local function withdraw(e, item)
  local kept, dropped = {}, nil
  for _, h in ipairs(holdings(e)) do
    if h[1] == item[2] and h[6] == SUSPENDED and h[2] == from then dropped = h else kept[#kept + 1] = h end
  end
  if not dropped then return false end
  open_entity(e).holds, open_entity(e).changed = kept, true
  move('withdrawn', e, item, from, lease_of(dropped))
  return true
end

-- 2. one customer
local function disputed(e, scope)
  for _, h in ipairs(holdings(e)) do
    if h[1] == scope and h[6] == SUSPENDED then return true end
  end
end

local function pass_on(item)
  local e, way = root(pack('>I4', item[1])), ways[item[4]]
  local withdrawn = leaving and withdraw(e, item)
  local h = holding(e, item[2])
  if not h or h[2] ~= from then return withdrawn and 'withdrawn' or 'gone', '' end
  local l = lease_of(h)
  if not leaving and disputed(e, item[2]) then return 'suspended', '' end
  if not leaving and l.locked_ms > time then return 'locked', '' end
  local provisional, member = l.state == PROVISIONAL, successor(way, l)
  if not member and not pooling then return 'kept', '' end
  open_entity(e).changed = true
  if provisional and member then
    l.owner, l.journal, l.since_ms = member, journal + 1, time
    replace(holdings(e), h, l)
  elseif provisional then
    local kept = {}
    for _, one in ipairs(holdings(e)) do
      if one ~= h then kept[#kept + 1] = one end
    end
    open_entity(e).holds = kept -- whoever decides the review gives it to somebody
    move('lapsed', e, item, from, l)
    return 'pooled', way[2]
  elseif member then
    pass(l, member, '', time, journal + 1)
    l.until_ms = way[3] > 0 and time + way[3] or 0
    l.recycle_ms, l.close_within_ms, l.warn_ms = way[4], way[5], way[6]
    replace(holdings(e), h, l)
  else
    to_pool(l, way[2], why, time, journal + 1)
    replace(holdings(e), h, l)
    move('lapsed', e, item, from, l)
    return 'pooled', way[2]
  end
  move('transfer', e, item, member, l)
  return 'moved', member
end

if leaving and not dry then call('HSET', KEYS[7], GONE .. from, 1) end
for i, item in ipairs(items) do
  local what, to = pass_on(item)
  reply[2 * i - 1], reply[2 * i] = what, to
end
if dry then return reply end

-- 3. write
if #effects == 0 then return reply end
for _, id in ipairs(changed) do
  if entity[id].changed then entity[id].version = pack('>I8', journal) end
end
for member in pairs(given_change) do call('HSET', KEYS[6], group .. '\0' .. member, given[member]) end
write_entities({})
write_hints()
call('HSET', KEYS[1], 'journal', journal, 'time', time)
for i = 1, #effects, SLICE do
  local last = math.min(i + SLICE - 1, #effects)
  call('XADD', KEYS[8], string.format('%.0f-0', journal - (#effects - last) / 2), unpack(effects, i, last))
end
return reply
