-- Part of every act (claim, report, approve, follow_up, release, transfer, mark, refuse): what is asked, whether it was answered
-- before, the lease it is about, what time has done to it meanwhile; and how an act ends: denied or done, on record either way.
-- KEYS 1 to 11 as in commit.lua, 12 timers, 13 lists of holders, 14 claim log of the day, 15 answers given on the act's day,
-- 16 on the day before. ARGV 1 id (16 bytes), 2 event, 3 msgpack of the Act as a map, its terms a map too.
-- Reply: status, reason, entity, number in the journal, the lease (msgpack; '' when refused).
-- What is asked counts at the tenant's highest time so far, should its clock be behind: leases never run backwards.
-- Before it: shared, entities, lease.
local id, event, act = ARGV[1], ARGV[2], cmsgpack.unpack(ARGV[3])
local terms = act.terms
local who = act.member ~= '' and act.member or act.actor
local now = math.max(act.at_ms, time)
local ANSWERS_KEPT_S, LOG_KEPT_S = 4 * 86400, 40 * 86400
local e, place, l, disputed, look
local effects, changed_any = {}, false

-- The lease that counts in a scope: its place among the holdings, the lease; whether a claim is suspended beside it.
local function lease_in(e, scope)
  local place, found, disputed
  for i, h in ipairs(holdings(e)) do
    if h[1] == scope and h[6] == SUSPENDED then disputed = true end
    if h[1] == scope and h[6] ~= SUSPENDED then place, found = i, lease_of(h) end
  end
  return place, found, disputed
end

-- ['what', at_ms, entity, scope, member, event, why, other, actor, act, asked, kind, seconds, lease]
local function move(what, member, why, with_lease)
  journal = journal + 1
  effects[#effects + 1] = string.format('%.0f', journal)
  effects[#effects + 1] = 'm' .. cmsgpack.pack({ what, now, e and number(e) or 0, act.scope, member, act.event, why, 0, act.actor, act.id,
    act.what, act.kind, act.seconds, with_lease and holding_of(l) or nil })
end

-- Keep the lease as it is now.
local function keep()
  local holds, x = holdings(e), open_entity(e)
  place = place or #holds + 1
  holds[place] = holding_of(l)
  x.changed, changed_any = true, true
end

local function finish(status, reason)
  if changed_any then
    open_entity(e).version = pack('>I8', journal)
    local at = look_at(l)
    if at and (not look or at < look or look <= now) then arm(pack('>I4', l.seq), at) end -- else a hint at or before its time is there
    write_entities({})
    write_hints()
    call('HSET', KEYS[1], 'time', now)
  end
  call('HSET', KEYS[1], 'journal', journal)
  call('HSET', KEYS[15], id, cmsgpack.pack({ reason, e and number(e) or 0, journal }))
  call('EXPIRE', KEYS[15], ANSWERS_KEPT_S)
  call('XADD', KEYS[8], string.format('%.0f-0', journal), unpack(effects))
  local told = status == 'done' and place and cmsgpack.pack(holding_of(l)) or ''
  return { status, reason, e and number(e) or 0, journal, told }
end

-- Nothing changes but what time had done; the attempt is on record.
local function deny(reason)
  move('refused', who, reason)
  return finish('refused', reason)
end

-- The lease has changed. `given`: somebody else holds it now.
local function done(what, member, given)
  move(what, member, act.why, true)
  keep()
  if given then list(l.owner, l.pool, pack('>I4', l.seq), l.journal) end
  return finish('done', '')
end

-- On record, and nothing else.
local function noted(reason)
  move(act.what, who, act.why)
  return finish('done', reason)
end

-- Where no receipt is at hand a lead is named by its number behind twelve NULs (ownership.numbered).
local value = call('HGET', KEYS[2], event) or (sub(event, 1, 12) == string.rep('\0', 12) and sub(event, 13) .. '#')
local seq = value and sub(value, 1, 4)
if seq and #value > 4 and number(seq) > 0 then
  ask(seq)
  load_asked()
  e = root(seq)
  place, l, disputed = lease_in(e, act.scope)
end

local before = call('HGET', KEYS[15], id) or call('HGET', KEYS[16], id)
if before then
  local answer = cmsgpack.unpack(before)
  return { 'known', answer[1], answer[2], answer[3], answer[1] == '' and place and cmsgpack.pack(holding_of(l)) or '' }
end
if terms.refused ~= '' then return deny(terms.refused) end
if call('HEXISTS', KEYS[7], GONE .. who) == 1 then return deny('gone') end
if value and #value == 4 then return deny('under_way') end
if not e then return deny('unknown') end
if not l then l = free_lease(act.scope, number(seq)) end -- nobody has it, no pool either
look = look_at(l)
local due, lapsed = lapse_at(l)
if due and due <= now and not disputed then
  local owner = l.owner
  to_pool(l, home_of(l), lapsed, now, journal + 1)
  move('lapsed', owner, lapsed, true)
  keep()
  list(l.owner, l.pool, pack('>I4', l.seq), l.journal)
  look = nil
end
