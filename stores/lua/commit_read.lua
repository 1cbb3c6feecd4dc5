-- Part of commit: read plans, decisions, what is on record, and the entities they speak of. Keys and units: commit.lua.
local NEW, SAME, UNSURE, REFUSED = 0, 1, 2, 3

-- 1. read: plans and their members' counters, decisions, and the entities they speak of
local plans, at = {}, 2
for i = 1, tonumber(ARGV[1]) do
  plans[i] = plan_of(ARGV[at], ARGV[at + 1])
  at = at + 2
end
local decisions, events, packed, from = {}, {}, ARGV[at], 1
while from <= #packed do
  local kind, code, plan, day, joins, seen, claimant, body, when, answer_by = unpack_of('>BBHBHHHI4I8I8', packed, from + 28)
  local joins_at = from + 59
  local seen_at = joins_at + 4 * joins
  local claimant_at = seen_at + 12 * seen
  local body_at = claimant_at + claimant
  local d = {
    event = sub(packed, from, from + 15), seq = sub(packed, from + 16, from + 19), account = sub(packed, from + 20, from + 23),
    likeliest = sub(packed, from + 24, from + 27), kind = kind, code = code, plan = plans[plan] or NO_PLAN, day = day, at = when, answer_by = answer_by,
    joins = sub(packed, joins_at, seen_at - 1), seen = sub(packed, seen_at, claimant_at - 1),
    claimant = sub(packed, claimant_at, body_at - 1), body = sub(packed, body_at, body_at + body - 1),
  }
  from = body_at + body
  decisions[#decisions + 1], events[#events + 1] = d, d.event
end
for place, rules in pairs(ARGV[at + 1] and cmsgpack.unpack(ARGV[at + 1]) or {}) do
  decisions[place].taken = rules
  for _, rule in ipairs(rules) do
    for i, seq in ipairs(rule[2]) do rule[2][i] = pack('>I4', seq) end
    rule[3] = ARGV[at + 1 + rule[3]]
  end
end
local on_record = hmget(KEYS[2], events)
local live = {}
for i = 1, #decisions do
  local d = decisions[i]
  if on_record[i] and #on_record[i] == 4 then
    if d.kind == REFUSED then
      d.seq = on_record[i] -- its worker died after it had a number
      ask(d.seq)
    else
      live[#live + 1] = d
      for p = 1, #d.seen, 12 do want(sub(d.seen, p, p + 3)) end
    end
  end
end
load_wanted()
for i = 1, #live do
  local d = live[i]
  ask(d.seq)
  if number(d.account) > 0 then ask(d.account) end
  if number(d.likeliest) > 0 then ask(d.likeliest) end
  for p = 1, #d.joins, 4 do ask(sub(d.joins, p, p + 3)) end
  for _, rule in ipairs(d.taken or {}) do
    for _, s in ipairs(rule[2]) do ask(s) end
  end
  for p = 1, #d.seen, 12 do ask(sub(d.seen, p, p + 3)) end
end
load_asked()
local start_alias = {}
for i = 1, #asked do start_alias[asked[i]] = alias[asked[i]] end

-- The version an entity had when the batch began, false when it is one no more.
local function start_version(e)
  if stored[e] then return sub(stored[e], 1, 8) end
  return start_alias[e] == e and NEVER
end

local tell_apart = #live > 0 and call('EXISTS', KEYS[9]) == 1
local effects = {}
