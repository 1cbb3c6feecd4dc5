-- case: one step of a dispute, and what it does to the lease, at once. The step itself is worked out outside (routing/casework.py)
-- and holds only if the case is still as it was read.
-- Keys 1 to 16 and ARGV 1 to 4: alone.lua. KEYS 17 cases, 18 what opened each, 19 running cases, 20 shares.
-- ARGV 5 what: open (a new case, its contender's claim is suspended beside the lease) | join (one more contender) | put (the
--   case alone) | settle (the customer goes to one, all suspended claims end), 6 what opened it, 7 number (4 bytes, '' to be
--   given), 8 its version as it was read (8 bytes, '' new), 9 the case as it shall be, 10 decide by in ms ('' nobody has to), 11 scope,
--   12 member: contender or new owner, 13 shares as decided (msgpack, '' none); of open who holds it, 14.. what, member of each move to record.
-- Reply: what came of it, number of the case. unknown | under_way | known (opened by the same before) | running (another case
--   of this customer and scope: join it) | no_owner | own | moved (the case has changed: read it again) | done.
-- Before it: shared, entities, lease, alone.
local what, key, id, scope, member = ARGV[5], ARGV[6], ARGV[7], ARGV[11], ARGV[12]
local seq = sub(value, 1, 4)
ask(seq)
load_asked()
local e = root(seq)

local before = call('HGET', KEYS[18], key)
if (what == 'open' or what == 'join') and before then return { 'known', number(before) } end
if id ~= '' and sub(call('HGET', KEYS[17], id) or '', 1, 8) ~= ARGV[8] then return { 'moved', number(id) } end

-- A claim beside the lease: it holds nothing and loses nothing until the case is decided.
local function suspend(claimant)
  for _, one in ipairs(holdings(e)) do
    if one[1] == scope and one[2] == claimant then return end
  end
  table.insert(holdings(e), { scope, claimant, '', 0, journal + 1, SUSPENDED, number(seq) })
end

-- The customer goes to `owner`; the suspended claims of the scope have ended.
local function settle_lease(owner)
  local kept, live = {}, nil
  for _, one in ipairs(holdings(e)) do
    if one[1] ~= scope or one[6] ~= SUSPENDED then kept[#kept + 1] = one end
    if one[1] == scope and one[6] ~= SUSPENDED then live = one end
  end
  open_entity(e).holds = kept
  local l = live and lease_of(live) or free_lease(scope, number(seq))
  local terms = { l.recycle_ms, l.close_within_ms, l.warn_ms }
  if l.owner ~= owner or l.state ~= LIVE then pass(l, owner, '', time, journal + 1) end
  l.recycle_ms, l.close_within_ms, l.warn_ms = unpack(terms) -- whoever it goes to, under the terms it was held under
  l.stage, l.until_ms = 'owned', 0
  replace(kept, live, l)
  return l
end

-- The running case of this customer and scope: few run at a time, and a merge changes no key.
local function running()
  local all = call('HGETALL', KEYS[19])
  for i = 1, #all, 2 do
    local at_seq, at_scope = sub(all[i + 1], 1, 4), sub(all[i + 1], 13)
    if at_scope == scope and entity_of(at_seq) == e then return all[i] end
  end
end

local h, l = holding(e, scope), nil
if what == 'open' then
  if not h or h[2] == '' then return { 'no_owner', 0 } end
  if h[2] == member then return { 'own', 0 } end
  if h[2] ~= ARGV[13] then return { 'moved', 0 } end
  local other = running()
  if other then return { 'running', number(other) } end
  id = pack('>I4', call('HINCRBY', KEYS[1], 'case', 1))
end

if what == 'open' or what == 'join' then
  suspend(member)
  call('HSET', KEYS[18], key, id)
elseif what == 'settle' then
  l = settle_lease(member)
  if ARGV[13] ~= '' then call('HSET', KEYS[20], seq .. scope, ARGV[13]) end
end

for i = 14, #ARGV, 2 do move(ARGV[i], e, scope, ARGV[i + 1], number(id), l) end
call('HSET', KEYS[17], id, pack('>I8', journal) .. ARGV[9])
if ARGV[10] == '' then
  call('HDEL', KEYS[19], id)
else
  call('HSET', KEYS[19], id, seq .. pack('>I8', tonumber(ARGV[10])) .. scope)
end
if what ~= 'put' then
  renew(e)
  write_entities({})
end
write_effects()
return { 'done', number(id) }
