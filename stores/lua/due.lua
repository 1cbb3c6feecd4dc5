-- due: what time has come for. Hints say where to look; what is due the leases themselves say, so that a hint that is lost,
-- doubled, late or about a customer who has merged does no harm.
-- KEYS 1 to 11 as in commit.lua, 12 timers, 13 lists of holders. ARGV 1 now_ms, 2 most hints taken, 3 the default pool.
-- Reply: how many hints were taken, then msgpack of { what, lead, entity, why, lease } each: lapsed (it is in a pool now) |
--   warning (it will be) | unanswered (nobody answered in time: to be placed).
-- A lease with a case open waits for the decision. Before it: shared, entities, lease.
local now, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local AGAIN, A_DAY = MINUTE, 86400000
local stamp = math.max(now, time)
local effects, told = {}, { 0 }
if default_pool ~= ARGV[3] then
  default_pool = ARGV[3]
  call('HSET', KEYS[1], 'pool', default_pool)
end

-- 1. hints whose minute has come, oldest first; one lead once
local seqs, asked_before, taken, left = {}, {}, {}, most
for _, minute in ipairs(call('ZRANGEBYSCORE', KEYS[12] .. 't', '-inf', math.floor(now / MINUTE), 'LIMIT', 0, most)) do
  if left > 0 then
    local found = call('LRANGE', KEYS[12] .. minute, 0, left - 1)
    taken[#taken + 1] = { minute, #found }
    left = left - #found
    for _, seq in ipairs(found) do
      if not asked_before[seq] then asked_before[seq], seqs[#seqs + 1] = true, seq end
      ask(seq)
    end
  end
end
load_asked()

-- 2. what is due of a lease. -> whether it has changed, when to look again
local function move(what, e, l, member, why)
  journal = journal + 1
  effects[#effects + 1] = string.format('%.0f', journal)
  effects[#effects + 1] = 'm' .. cmsgpack.pack({ what, stamp, number(e), l.scope, member, '', why, 0, '', '', '', '', 0, holding_of(l) })
end

local function tell(what, e, l, why) told[#told + 1] = cmsgpack.pack({ what, l.seq, number(e), why, holding_of(l) }) end

local function lapse(e, l, why)
  local owner = l.owner
  to_pool(l, home_of(l), why, stamp, journal + 1)
  list(l.owner, l.pool, pack('>I4', l.seq), l.journal)
  move('lapsed', e, l, owner, why)
  tell('lapsed', e, l, why)
end

local function warn(e, l, at, why)
  l.warned_ms = at
  move('warning', e, l, l.owner, why)
  tell('warning', e, l, why)
end

local function see(e, l)
  local at, why = lapse_at(l)
  if at and at <= now then
    lapse(e, l, why)
    return true
  end
  local changed = false
  if l.answer_ms > 0 and l.answer_ms <= now then
    if l.warned_ms < l.answer_ms then
      warn(e, l, l.answer_ms, 'unanswered')
      changed = true
    end
    tell('unanswered', e, l, 'unanswered')
  end
  if at and l.warn_ms > 0 and at - l.warn_ms <= now and l.warned_ms < at then
    warn(e, l, at, why)
    changed = true
  end
  return changed, look_at(l)
end

for _, seq in ipairs(seqs) do
  local e, again = root(seq), nil
  local holds, disputed = stored[e] and holdings(e) or {}, {}
  for _, h in ipairs(holds) do disputed[h[1]] = disputed[h[1]] or h[6] == SUSPENDED end
  for i, h in ipairs(holds) do
    if h[6] == LIVE and h[7] == number(seq) then
      local l, look = lease_of(h), nil
      local had = look_at(l)
      if disputed[h[1]] then
        look = had and now + A_DAY
      elseif had then
        local changed
        changed, look = see(e, l)
        if changed then
          holds[i] = holding_of(l)
          local x = open_entity(e)
          x.version, x.changed = pack('>I8', journal), true
        end
      end
      if look then again = math.min(again or math.huge, math.max(look, now + AGAIN)) end
    end
  end
  if again then arm(seq, again) end
end

-- 3. write
for _, one in ipairs(taken) do
  local name = KEYS[12] .. one[1]
  call('LTRIM', name, one[2], -1)
  if call('EXISTS', name) == 0 then call('ZREM', KEYS[12] .. 't', one[1]) end
end
write_entities({})
write_hints()
if #effects > 0 then
  call('HSET', KEYS[1], 'journal', journal, 'time', stamp)
  for from = 1, #effects, SLICE do
    local last = math.min(from + SLICE - 1, #effects)
    call('XADD', KEYS[8], string.format('%.0f-0', journal - (#effects - last) / 2), unpack(effects, from, last))
  end
end
told[1] = most - left
return told
