-- place: a customer who waits in a pool, or whom nobody answered in time, goes to one of a plan's shares; never to somebody who
-- has had him since he came. Keys 1 to 13 as in commit.lua, 14 the day. ARGV 1 lead (4 bytes), 2 scope, 3 digest and 4 msgpack of
-- the plan, 5 at_ms, 6 the entity's version as it was seen (8 bytes), 7 when he came (ms), 8 respond by (ms),
-- 9 until when he waits (ms, 0 for ever).
-- Reply: placed | nobody (he stays where he is; an unanswered one goes to the plan's pool) | overdue (he has waited in vain)
--   | moved (he is not as he was seen) | settled (he has an owner, or is locked or in a case), entity, lease. Before it: shared, entities, lease, commit_turn.
local at, came = tonumber(ARGV[5]), tonumber(ARGV[7])
time = math.max(time, at)
ask(ARGV[1])
load_asked()
local e = root(ARGV[1])
if not stored[e] or sub(stored[e], 1, 8) ~= ARGV[6] then return { 'moved', number(e), '' } end
local h, disputed = holding(e, ARGV[2]), false
for _, other in ipairs(holdings(e)) do disputed = disputed or (other[1] == ARGV[2] and other[6] == SUSPENDED) end
local l = h and lease_of(h)
local waits = l and l.owner == '' or (l and l.answer_ms > 0 and l.answer_ms <= at)
if not waits or disputed or l.locked_ms > time then
  if not l or l.why ~= 'parked' then call('ZREM', LINE, ARGV[1]) end
  return { 'settled', number(e), h and cmsgpack.pack(h) or '' }
end

local d = { plan = plan_of(ARGV[3], ARGV[4]), day = 1, account = '\0\0\0\0', at = time, past = { [l.owner] = true } }
for _, one in ipairs(l.past) do
  if one[2] >= came then d.past[one[1]] = true end
end
local shares = {}
for _, share in ipairs(d.plan.shares) do
  if not d.past[share[1]] then shares[#shares + 1] = share end
end
d.plan.shares = shares

local owner, before, why = pick(d), l.owner, l.owner ~= '' and 'unanswered' or l.why
local until_ms = tonumber(ARGV[9])
local overdue = not owner and why == 'parked' and until_ms > 0 and time >= until_ms
if owner or overdue then call('ZREM', LINE, ARGV[1]) end
if owner then
  pass(l, owner, '', time, journal + 1)
  grant(l, d.plan, tonumber(ARGV[8]))
  if l.answer_ms > 0 then keep_plan(ARGV[1], d.day, d.plan, came) end
elseif overdue then
  l.why, why = 'overdue', 'overdue'
elseif before ~= '' then
  to_pool(l, d.plan.pool, why, time, journal + 1)
else
  return { 'nobody', number(e), cmsgpack.pack(h) }
end
journal = journal + 1
replace(holdings(e), h, l)
local x = open_entity(e)
x.version, x.changed = pack('>I8', journal), true
if call('HEXISTS', KEYS[5], ARGV[3]) == 0 then call('HSET', KEYS[5], ARGV[3], ARGV[4]) end
write_entities({})
write_hints()
call('HSET', KEYS[1], 'journal', journal, 'time', time)
local name = string.format('%.0f', journal)
local move = { owner and 'given' or 'lapsed', time, number(e), l.scope, owner or overdue and l.pool or before, '', why, 0, '', '', '', '', 0, holding_of(l) }
call('XADD', KEYS[8], name .. '-0', name, 'm' .. cmsgpack.pack(move))
return { owner and 'placed' or overdue and 'overdue' or 'nobody', number(e), cmsgpack.pack(holding_of(l)) }
