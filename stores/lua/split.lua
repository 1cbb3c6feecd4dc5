-- split: a person says that a lead is not the customer it was united with. It becomes a customer of its own, told apart for
-- ever from what is left; what only it had joined falls apart too (regroup.lua).
-- Keys and ARGV 1 to 4: alone.lua. Reply: what came of it, the lead's entity now, the entities that are left...
--   unknown | under_way | no_lead (it has no entity) | alone (nothing to take it out of) | split.
-- Before it: shared, entities, lease, commit_turn, regroup, alone.
if number(sub(value, 1, 4)) == 0 or sub(value, 5, 8) == '\0\0\0\0' then return { 'no_lead', 0 } end
local d = on_record()
local mine, was = d.seq, root(d.seq)
local all = members_of(was)
if #all == 4 then return { 'alone', number(mine) } end

local rest, tails, holds = {}, {}, holdings(was)
for p = 1, #all, 4 do
  local s = sub(all, p, p + 3)
  ask(s)
  if s ~= mine then rest[#rest + 1] = s end
end
load_asked()
for _, s in ipairs(rest) do tails[s] = tail[s] or '' end
local parts, order, part_of, keeper = regroup(rest, tails, mine)
move('split', was, '', who, number(mine))

-- Holdings: what was given for the lead goes with it, unless the others would be left with none.
local own, stay = {}, {}
for _, h in ipairs(holds) do
  local id = part_of(pack('>I4', h[7])) or keeper
  local others = false
  for _, k in ipairs(holds) do others = others or (k[1] == h[1] and k[7] ~= number(mine)) end
  local mine_too = h[7] == number(mine) and others
  if not mine_too and h[7] == number(mine) then stay[#stay + 1] = h end
  local to = mine_too and own or parts[id].holds
  to[#to + 1] = h
end
for _, h in ipairs(stay) do go_by(h, keeper) end

local function become(id, further, held)
  local now = renew(id)
  revive(held)
  further = concat(further)
  now.members, now.more, now.beyond = sub(further, 1, 4 * INLINE), sub(further, 4 * INLINE + 1), 0
  now.holds, alias[id] = held, id
  if id ~= was then call('HDEL', KEYS[4], id) end
end
local touched, reply = {}, { 'split', number(mine) }
hdel(KEYS[10], pieces(was, open_entity(was).beyond))
become(mine, {}, own)
for _, id in ipairs(order) do
  local part = parts[id]
  become(id, part.further, part.holds)
  for _, s in ipairs(part.further) do
    local links = ''
    for q = 1, #tails[s], 4 do
      local joined = sub(tails[s], q, q + 3)
      links = links .. (joined == mine and id or joined)
    end
    alias[s], tail[s], touched[s] = id, links, true
  end
  tell_apart(mine, id)
  if #part.holds == 0 then
    local l = free_lease(d.plan.scope, number(id))
    pass(l, '', d.plan.pool, time, journal)
    replace(part.holds, nil, l)
  end
  reply[#reply + 1] = number(id)
end
give(d, mine)
joined_more = -#order

write_entities(touched)
write_effects()
return reply
