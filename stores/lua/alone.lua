-- Part of decide and split: what a person says of a lead on record, and who gets a lead that is a customer of its own.
-- Keys: 1 to 11 as in commit.lua, 12 the day, 13 decided, 14 records. ARGV 1 event, 2 at_ms, 3 who, 4 why.
local event, at, who, why = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local value = call('HGET', KEYS[2], event)
if not value then return { 'unknown', 0 } end
if #value == 4 then return { 'under_way', 0 } end
local named, effects = hex(event), {}

-- The lead as commit would read it, with the plan it had then.
local function on_record()
  local d = { seq = sub(value, 1, 4), account = sub(value, 26, 29), plan = NO_PLAN, day = 1 }
  local packed_plan = call('HGET', KEYS[5], sub(value, 34, 41))
  if packed_plan then d.plan = plan_of(sub(value, 34, 41), packed_plan) end
  ask(d.seq)
  if number(d.account) > 0 then ask(d.account) end
  load_asked()
  return d
end

-- ['what', at_ms, entity, scope, member, event, why, other lead, who did it where that is not the member]
local function move(what, e, scope, member, other)
  journal = journal + 1
  effects[#effects + 1] = string.format('%.0f', journal)
  effects[#effects + 1] = 'm' .. cmsgpack.pack({ what, at, number(e), scope, member, named, why, other, who ~= member and who or '' })
end

-- A provisional owner becomes the owner; without any the lead goes where its plan says.
local function give(d, e)
  local plan, h = d.plan, holding(e, d.plan.scope)
  if h and (h[6] ~= PROVISIONAL or h[7] ~= number(d.seq)) then return end
  if not h then
    local owner = pick(d)
    h = { plan.scope, owner or '', owner and '' or plan.pool, 0, 0, LIVE, number(d.seq) }
    local holds = holdings(e)
    holds[#holds + 1] = h
  end
  h[4], h[5], h[6] = h[2] ~= '' and at + plan.protect or 0, journal, LIVE
  open_by(h[2] ~= '' and h[2] or POOL .. h[3], 1)
  move('given', e, plan.scope, h[2] ~= '' and h[2] or h[3], number(d.seq))
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
  call('HSET', KEYS[1], 'journal', journal)
  call('XADD', KEYS[8], string.format('%.0f-0', journal), unpack(effects))
end
