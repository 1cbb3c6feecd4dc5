-- Part of decide and split: what a person says of a lead on record, and who gets a lead that is a customer of its own.
-- Keys: 1 to 11 as in commit.lua, 12 timers, 13 lists of holders, 14 the day, 15 decided, 16 records. ARGV 1 event, 2 at_ms, 3 who, 4 why.
local event, at, who, why = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
time = math.max(time, at)
local value = call('HGET', KEYS[2], event)
if not value then return { 'unknown', 0 } end
if #value == 4 then return { 'under_way', 0 } end
local named, effects = hex(event), {}

-- The lead as commit would read it, with the plan it had then.
local function on_record()
  local d = { seq = sub(value, 1, 4), account = sub(value, 26, 29), plan = NO_PLAN, day = 1, at = at }
  local packed_plan = call('HGET', KEYS[5], sub(value, 34, 41))
  if packed_plan then d.plan = plan_of(sub(value, 34, 41), packed_plan) end
  ask(d.seq)
  if number(d.account) > 0 then ask(d.account) end
  load_asked()
  return d
end

-- ['what', at_ms, entity, scope, member, event, why, other lead, who did it where that is not the member, ..., lease]
local function move(what, e, scope, member, other, l)
  journal = journal + 1
  effects[#effects + 1] = string.format('%.0f', journal)
  effects[#effects + 1] = 'm' .. cmsgpack.pack({ what, at, number(e), scope, member, named, why, other, who ~= member and who or '', '', '', '', 0,
    l and holding_of(l) or nil })
end

-- A provisional owner becomes the owner; without any the lead goes where its plan says.
local function give(d, e)
  local plan, h, l = d.plan, holding(e, d.plan.scope), nil
  if h and (h[6] ~= PROVISIONAL or h[7] ~= number(d.seq)) then return end
  if not h then
    local owner = pick(d)
    l = free_lease(plan.scope, number(d.seq))
    pass(l, owner or '', owner and '' or plan.pool, time, journal + 1)
  else
    l = lease_of(h)
    l.journal, l.state, l.since_ms = journal + 1, LIVE, time
    count(l, 1)
  end
  if l.owner ~= '' then grant(l, plan, l.answer_ms) end
  replace(holdings(e), h, l)
  move('given', e, plan.scope, l.owner ~= '' and l.owner or l.pool, number(d.seq), l)
end

local function tell_apart(one, other)
  call('HSET', KEYS[9], one, (call('HGET', KEYS[9], one) or '') .. other, other, (call('HGET', KEYS[9], other) or '') .. one)
end

local function renew(e)
  local now = open_entity(e)
  now.version, now.changed = pack('>I8', journal), true
  return now
end

local function write_effects()
  write_hints()
  call('HSET', KEYS[1], 'journal', journal, 'time', time)
  call('XADD', KEYS[8], string.format('%.0f-0', journal), unpack(effects))
end
