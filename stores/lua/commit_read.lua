-- Part of commit: read plans, decisions, what is on record, and the entities they speak of. Keys and units: commit.lua.
local DAY_KEPT_S = 40 * 86400
local LIVE, SUSPENDED, PROVISIONAL = 0, 1, 2
local SAME, UNSURE, REFUSED = 1, 2, 3

-- 1. read: plans and their members' counters, decisions, and the entities they speak of
local plans, at = {}, 2
for i = 1, tonumber(ARGV[1]) do
  local p = cmsgpack.unpack(ARGV[at + 1])
  plans[i] = { digest = ARGV[at], packed = ARGV[at + 1], strategy = p[3], group = p[4], shares = p[5], pool = p[6],
               reason = p[7], affinity = p[8], protect = p[9], scope = p[10] }
  at = at + 2
end
local NO_PLAN = { digest = string.rep('\0', 8), shares = {}, pool = '', reason = 'unmatched', protect = 0, scope = '' }
local decisions, events, packed, from = {}, {}, ARGV[at], 1
while from <= #packed do
  local kind, code, plan, day, joins, seen, claimant, body, when = unpack_of('>BBHBHHHI4I8', packed, from + 28)
  local joins_at = from + 51
  local seen_at = joins_at + 4 * joins
  local claimant_at = seen_at + 12 * seen
  local body_at = claimant_at + claimant
  local d = {
    event = sub(packed, from, from + 15), seq = sub(packed, from + 16, from + 19), account = sub(packed, from + 20, from + 23),
    likeliest = sub(packed, from + 24, from + 27), kind = kind, code = code, plan = plans[plan] or NO_PLAN, day = day, at = when,
    joins = sub(packed, joins_at, seen_at - 1), seen = sub(packed, seen_at, claimant_at - 1),
    claimant = sub(packed, claimant_at, body_at - 1), body = sub(packed, body_at, body_at + body - 1),
  }
  from = body_at + body
  decisions[#decisions + 1], events[#events + 1] = d, d.event
end
local on_record = hmget(KEYS[2], events)
local alias, tail, asked, wanted = {}, {}, {}, {}
local stored = {} -- entity -> its value as the batch found it, false when it has none: absorbed, or nothing happened to it

local function want(e)
  if stored[e] == nil then
    stored[e] = false
    wanted[#wanted + 1] = e
  end
end
local loaded = 0
local function load_wanted()
  local fields = {}
  for i = loaded + 1, #wanted do fields[i - loaded] = wanted[i] end
  for i, value in ipairs(hmget(KEYS[3], fields)) do
    if value then stored[fields[i]], alias[fields[i]] = value, fields[i] end
  end
  loaded = #wanted
end
local function ask(s)
  if not alias[s] then
    alias[s] = s
    asked[#asked + 1] = s
  end
end

local live = {}
for i = 1, #decisions do
  local d = decisions[i]
  if d.kind ~= REFUSED and on_record[i] and #on_record[i] == 4 then
    live[#live + 1] = d
    for p = 1, #d.seen, 12 do want(sub(d.seen, p, p + 3)) end
  end
end
load_wanted()
for i = 1, #live do
  local d = live[i]
  ask(d.seq)
  if number(d.account) > 0 then ask(d.account) end
  if number(d.likeliest) > 0 then ask(d.likeliest) end
  for p = 1, #d.joins, 4 do ask(sub(d.joins, p, p + 3)) end
  for p = 1, #d.seen, 12 do ask(sub(d.seen, p, p + 3)) end
end
local found = hmget(KEYS[4], asked)
for i = 1, #asked do
  local s = asked[i]
  if found[i] then alias[s], tail[s] = sub(found[i], 1, 4), sub(found[i], 5) end
  want(alias[s])
end
load_wanted()
local start_alias = {}
for i = 1, #asked do start_alias[asked[i]] = alias[asked[i]] end

-- The version an entity had when the batch began, false when it is one no more.
local function start_version(e)
  if stored[e] then return sub(stored[e], 1, 8) end
  return start_alias[e] == e and NEVER
end

local entity, changed = {}, {}
local function open_entity(id)
  local e = entity[id]
  if not e then
    e = { version = NEVER, members = '', held = '', beyond = 0, more = '' } -- more: beyond as well, not written yet
    if stored[id] then
      local further
      e.version, e.members, e.held, further = entity_parts(stored[id])
      e.beyond = math.max(further - INLINE, 0)
    end
    entity[id] = e
    changed[#changed + 1] = id
  end
  return e
end

local tell_apart = #asked > 0 and call('EXISTS', KEYS[9]) == 1
local turns, open, by_day = {}, {}, {}
local open_change, turn_change, day_change = {}, {}, {}
local journal = tonumber(call('HGET', KEYS[1], 'journal') or 0)
local effects, joined_more = {}, 0

local function root(s)
  while alias[s] and alias[s] ~= s do s = alias[s] end
  return s
end

local function holdings(e)
  local x = open_entity(e)
  if not x.holds then x.holds = x.held == '' and {} or cmsgpack.unpack(x.held) end
  return x.holds
end

-- The holding that counts in this scope: [scope, owner, pool, until_ms, journal, state, lead]
local function holding(e, scope)
  for _, h in ipairs(holdings(e)) do
    if h[1] == scope and h[6] ~= SUSPENDED then return h end
  end
end

local function open_by(member, change)
  open_change[member] = (open_change[member] or 0) + change
end

