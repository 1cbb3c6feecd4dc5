-- commit: check what each decision has seen, unite entities, take or meet the owner, pick the turn, record the outcome.
-- KEYS 1 counters, 2 events, 3 entities, 4 aliases, 5 plans, 6 turns, 7 open, 8 journal, 9 apart, 10.. one per day
-- ARGV 1 number of plans, then digest8 and msgpack a plan, then all decisions in one (head, joins,
--      seen, claimant, body; see codec.py). Times in ms, day counters expire after 40 days.
-- Reply: a status a decision (n new, o on record before, s stale) and the stored outcome's head (n) or whole (o).
-- A decision is stale when an entity it looked at changed before this batch, or when an earlier stale one looked at it.
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
    e = { version = NEVER, members = '', held = '' }
    if stored[id] then e.version, e.members, e.held = entity_parts(stored[id]) end
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

-- 2. the turn: who of a plan's shares takes the next lead
local function load_shares(plan, day)
  local members, unknown, fields = {}, {}, {}
  for i, share in ipairs(plan.shares) do
    members[i] = share[1]
    if open[share[1]] == nil then unknown[#unknown + 1] = share[1] end
  end
  local values = hmget(KEYS[7], unknown)
  for i = 1, #unknown do open[unknown[i]] = tonumber(values[i] or 0) end
  if not by_day[day] then by_day[day], day_change[day] = {}, {} end
  values = hmget(KEYS[9 + day], members)
  for i, member in ipairs(members) do
    by_day[day][member] = by_day[day][member] or tonumber(values[i] or 0)
    fields[i] = plan.group .. '\0' .. member
  end
  plan.fields = fields
  values = hmget(KEYS[6], fields)
  local lowest
  for i, share in ipairs(plan.shares) do
    local given = turns[fields[i]] or tonumber(values[i] or nil)
    turns[fields[i]] = given
    if given and share[2] > 0 and (not lowest or given / share[2] < lowest) then lowest = given / share[2] end
  end
  -- One who is new to the group starts level with the one who is furthest behind, so he is not flooded.
  -- His start is kept: were it worked out again each time, it would run ahead of him and he would never be picked.
  for i, share in ipairs(plan.shares) do
    if not turns[fields[i]] then
      turns[fields[i]] = (lowest or 0) * share[2]
      turn_change[fields[i]] = turns[fields[i]]
    end
  end
  plan.loaded = plan.loaded or {}
  plan.loaded[day] = true
end

local function has_room(share, day)
  local member = share[1]
  return share[2] > 0 and (share[3] < 0 or open[member] + (open_change[member] or 0) < share[3])
    and (share[4] < 0 or by_day[day][member] + (day_change[day][member] or 0) < share[4])
end

-- -> member, reason; nil when nobody can
local function pick(d)
  local plan, day = d.plan, d.day
  if #plan.shares == 0 then return nil end
  if not (plan.loaded and plan.loaded[day]) then load_shares(plan, day) end
  local best, reason, least = nil, 'rule', math.huge
  if plan.affinity and number(d.account) > 0 then
    local h = holding(root(d.account), plan.scope)
    for _, share in ipairs(plan.shares) do
      if h and h[2] == share[1] and has_room(share, day) then best, reason = share[1], 'same_account' end
    end
  end
  for i, share in ipairs(plan.shares) do
    if reason == 'rule' and has_room(share, day) then
      local member, ratio = share[1], i
      if plan.strategy == 'turn' then
        ratio = (turns[plan.fields[i]] + 1) / share[2]
      elseif plan.strategy == 'least_loaded' then
        ratio = (open[member] + (open_change[member] or 0) + 1) / share[2]
      end
      if ratio < least then best, least = member, ratio end
    end
  end
  if best then
    local field = plan.group .. '\0' .. best
    turns[field] = turns[field] + 1
    turn_change[field] = turns[field]
    day_change[day][best] = (day_change[day][best] or 0) + 1
  end
  return best, reason
end

-- 3. uniting: the smallest seq names the entity; of two holdings of a scope an owner beats a provisional one, that a
--    pool, and else the earlier stays. Two owners: the later is suspended, never overwritten.
local function rank(h)
  if h[2] == '' then return 1 end
  return h[6] == PROVISIONAL and 2 or 3
end

local function meet(holds, more, this)
  local two = false
  for _, h in ipairs(more) do
    local other
    for i, kept in ipairs(holds) do
      if kept[1] == h[1] and kept[6] ~= SUSPENDED then other = i end
    end
    if not other or h[6] == SUSPENDED then
      holds[#holds + 1] = h
    else
      local kept, rest = holds[other], h
      if rank(h) > rank(kept) or (rank(h) == rank(kept) and h[5] < kept[5]) then kept, rest = h, kept end
      holds[other] = kept
      if rank(rest) == 3 then
        open_by(rest[2], -1)
        if rest[2] == kept[2] then
          kept[4] = math.max(kept[4], rest[4])
        else
          rest[6], two = SUSPENDED, true
          holds[#holds + 1] = rest
          this.suspended[#this.suspended + 1] = rest
        end
      end
    end
  end
  return two
end

local function members_of(e) return e .. open_entity(e).members end

-- A pair that a person told apart never unites again: the first join that would unite one, nil when none would.
local function told_apart(e, joins)
  local group, list = {}, {}
  local function take(id)
    local all = members_of(id)
    for p = 1, #all, 4 do
      local s = sub(all, p, p + 3)
      if not group[s] then list[#list + 1] = s end
      group[s] = id
    end
  end
  take(e)
  for p = 1, #joins, 4 do take(root(sub(joins, p, p + 3))) end
  for i, apart in ipairs(hmget(KEYS[9], list)) do
    for p = 1, apart and #apart or 0, 4 do
      local other = group[sub(apart, p, p + 3)]
      if other and other ~= group[list[i]] then return other == e and group[list[i]] or other end
    end
  end
end

local function unite(a, b, this)
  if number(b) < number(a) then a, b = b, a end
  local kept, lost, moving = open_entity(a), open_entity(b), members_of(b)
  for p = 1, #moving, 4 do
    local s = sub(moving, p, p + 3)
    if p > 1 and not tail[s] then tail[s] = sub(call('HGET', KEYS[4], s), 5) end
    alias[s], tail[s] = a, tail[s] or ''
    this.moved[s] = true
  end
  kept.members = kept.members .. moving
  this.two = meet(holdings(a), holdings(b), this) or this.two
  this.absorbed = this.absorbed .. b
  lost.absorbed = true
  joined_more = joined_more + 1
  return a
end

-- 4. one decision: where it goes. -> code, owner, pool, until_ms
local function dispose(d, e, this)
  local plan = d.plan
  local holds, h = holdings(e), holding(e, plan.scope)
  local function hold(owner, pool, until_ms, state)
    if h then
      h[2], h[3], h[4], h[5], h[6], h[7] = owner, pool, until_ms, this.number, state, number(d.seq)
    else
      holds[#holds + 1] = { plan.scope, owner, pool, until_ms, this.number, state, number(d.seq) }
    end
  end
  if d.kind == UNSURE then
    local likely = number(d.likeliest) > 0 and holding(root(d.likeliest), plan.scope)
    local owner = likely and likely[2] or ''
    if owner == '' or d.code == CODE['assigned/customer'] then owner = d.claimant ~= '' and d.claimant or owner end
    if owner ~= '' and not (h and h[2] ~= '') then hold(owner, '', 0, PROVISIONAL) end
    if h and h[2] ~= '' then owner = h[2] end
    return CODE['review/unsure'], owner, '', 0
  end
  if this.two then return CODE['contested/two_owners'], h and h[2] or '', '', h and h[4] or 0 end
  if h and h[2] ~= '' then
    if d.claimant ~= '' and d.claimant ~= h[2] then return CODE['contested/owned_by_other'], h[2], '', h[4] end
    return d.code == CODE['merged/call_update'] and d.code or CODE['merged/same_contact'], h[2], '', h[4]
  end
  local owner, reason = d.claimant, 'claimed'
  if owner ~= '' then
    if d.code == CODE['assigned/customer'] then reason = 'customer' end
  else
    owner, reason = pick(d)
  end
  if owner then
    local until_ms = d.at + plan.protect
    hold(owner, '', until_ms, LIVE)
    open_by(owner, 1)
    return CODE['assigned/' .. reason], owner, '', until_ms
  end
  if h then return CODE['merged/in_pool'], '', h[3], 0 end
  hold('', plan.pool, 0, LIVE)
  return CODE['pooled/' .. (#plan.shares > 0 and 'parked' or plan.reason)], '', plan.pool, 0
end

local function effect(letter, value)
  journal = journal + 1
  effects[#effects + 1], effects[#effects + 2] = string.format('%.0f', journal), letter .. value
end

local function head_of(d, seq, e, code, owner, pool, until_ms)
  local account = number(d.account) > 0 and root(d.account) or d.account
  local likeliest = d.kind == UNSURE and number(d.likeliest) > 0 and root(d.likeliest) or '\0\0\0\0'
  return seq .. e .. char(code) .. pack('>I8I8', journal + 1, until_ms) .. account .. likeliest .. d.plan.digest
    .. pack('>HH', #owner, #pool) .. owner .. pool
end

-- 5. decide in order
local bad, reply, done, touched = {}, {}, {}, {}
local event_writes = {}

local function is_stale(d, value)
  if not value or sub(value, 1, 4) ~= d.seq then return true end
  for p = 1, #d.seen, 12 do
    local e = sub(d.seen, p, p + 3)
    if bad[e] or start_version(e) ~= sub(d.seen, p + 4, p + 11) then return true end
  end
  return false
end

local function record(d, head, absorbed)
  local value = head .. d.body
  done[d.event] = value
  effect('o', d.event .. pack('>H', #absorbed / 4) .. absorbed .. value)
  event_writes[#event_writes + 1], event_writes[#event_writes + 2] = d.event, value
  reply[#reply + 1], reply[#reply + 2] = 'n', head
end

local function decide(d)
  local this = { number = journal + 1, absorbed = '', moved = {}, suspended = {}, two = false }
  local e = root(d.seq)
  local apart = tell_apart and d.kind == SAME and told_apart(e, d.joins)
  if apart then
    d.kind, d.likeliest = UNSURE, apart
  elseif d.kind == SAME then
    for p = 1, #d.joins, 4 do
      local other = root(sub(d.joins, p, p + 3))
      if other ~= e then e = unite(e, other, this) end
    end
    if e ~= d.seq then
      tail[d.seq] = d.joins
      this.moved[d.seq] = true
    end
  end
  local code, owner, pool, until_ms = dispose(d, e, this)
  for s in pairs(this.moved) do touched[s] = true end
  local now = open_entity(e)
  now.version, now.changed = pack('>I8', this.number), true
  record(d, head_of(d, d.seq, e, code, owner, pool, until_ms), this.absorbed)
  for _, h in ipairs(this.suspended) do
    effect('m', cmsgpack.pack({ 'suspended', d.at, number(e), h[1], h[2], '' }))
  end
end

for i = 1, #decisions do
  local d, value = decisions[i], on_record[i]
  local before = done[d.event] or (value and #value > 4 and value)
  if before then
    reply[#reply + 1], reply[#reply + 2] = 'o', before
  elseif d.kind == REFUSED then
    d.account, d.likeliest = '\0\0\0\0', '\0\0\0\0'
    record(d, head_of(d, value or d.seq, '\0\0\0\0', d.code, '', '', 0), '')
  elseif is_stale(d, value) then
    for p = 1, #d.seen, 12 do bad[sub(d.seen, p, p + 3)] = true end
    reply[#reply + 1], reply[#reply + 2] = 's', ''
  else
    decide(d)
  end
end

-- 6. write; nothing below can fail
if #effects == 0 then return reply end
local entity_writes, alias_writes, removed, plan_writes = {}, {}, {}, {}
for i = 1, #changed do
  local id, e = changed[i], entity[changed[i]]
  if e.absorbed then
    if stored[id] then removed[#removed + 1] = id end
  elseif e.changed then
    local held = e.holds and (#e.holds > 0 and cmsgpack.pack(e.holds) or '') or e.held
    entity_writes[#entity_writes + 1] = id
    entity_writes[#entity_writes + 1] = e.version .. pack('>I4', #e.members / 4) .. e.members .. held
  end
end
for s in pairs(touched) do
  alias_writes[#alias_writes + 1], alias_writes[#alias_writes + 2] = s, root(s) .. tail[s]
end
for i = 1, #plans do
  if call('HEXISTS', KEYS[5], plans[i].digest) == 0 then
    plan_writes[#plan_writes + 1], plan_writes[#plan_writes + 2] = plans[i].digest, plans[i].packed
  end
end
hset(KEYS[2], event_writes)
hset(KEYS[3], entity_writes)
hdel(KEYS[3], removed)
hset(KEYS[4], alias_writes)
hset(KEYS[5], plan_writes)
for field, given in pairs(turn_change) do call('HSET', KEYS[6], field, string.format('%.17g', given)) end
for member, change in pairs(open_change) do
  if change ~= 0 then call('HINCRBY', KEYS[7], member, change) end
end
for day, members in pairs(day_change) do
  for member, change in pairs(members) do call('HINCRBY', KEYS[9 + day], member, change) end
  if next(members) then call('EXPIRE', KEYS[9 + day], DAY_KEPT_S) end
end
call('HSET', KEYS[1], 'journal', journal)
if joined_more > 0 then call('HINCRBY', KEYS[1], 'joined', joined_more) end
for from = 1, #effects, SLICE do
  local last = math.min(from + SLICE - 1, #effects)
  call('XADD', KEYS[8], string.format('%.0f-0', journal - (#effects - last) / 2), unpack(effects, from, last))
end
return reply
