-- Part of all that changes whose a customer is: what a lease is (leads/ownership.py), what time does to it, how it passes from
-- one holder to the next, where hints to it are left. KEYS 12 timers and 13 lists of holders, both the front of a name.
local FIELDS = { 'scope', 'owner', 'pool', 'until_ms', 'journal', 'state', 'seq', 'stage', 'since_ms', 'touched_ms', 'past', 'why', 'locked_ms',
  'exempt_ms', 'closed', 'opportunity', 'answer_ms', 'warned_ms', 'recycle_ms', 'close_within_ms', 'warn_ms', 'home', 'refused_ms' }
local DEFAULTS = { stage = '', since_ms = 0, touched_ms = 0, past = {}, why = '', locked_ms = 0, exempt_ms = 0, closed = false, opportunity = '',
  answer_ms = 0, warned_ms = 0, recycle_ms = 0, close_within_ms = 0, warn_ms = 0, home = '', refused_ms = 0 }
local OF_ITS_HOLDER = { 'stage', 'touched_ms', 'why', 'answer_ms', 'warned_ms', 'recycle_ms', 'close_within_ms', 'warn_ms' }
local HELD, MOST_PAST = 7, 50 -- the first elements are always there

local LEASE = { __index = DEFAULTS }

-- A holding as a table with names; what it does not say is the default.
local function lease_of(h)
  local l = {}
  for i = 1, #h do l[FIELDS[i]] = h[i] end
  return setmetatable(l, LEASE)
end

local function free_lease(scope, seq) return lease_of({ scope, '', '', 0, 0, LIVE, seq or 0 }) end

-- The shortest array that says the same.
local function holding_of(l)
  local h, last = {}, HELD
  for i, name in ipairs(FIELDS) do
    h[i] = l[name]
    if i > HELD and h[i] ~= DEFAULTS[name] and not (name == 'past' and #h[i] == 0) then last = i end
  end
  for i = #FIELDS, last + 1, -1 do h[i] = nil end
  return h
end

local function count(l, change)
  if l.state == LIVE then open_by(counter_of(l.owner, l.pool, l.closed), change) end
end

-- 1. what time does: when the customer goes to a pool, and why; nil never
local function lapse_at(l)
  if l.owner == '' or l.state ~= LIVE then return nil end
  if l.stage == 'reported' then return math.max(l.until_ms, l.locked_ms), 'not_approved' end
  if l.closed or l.opportunity ~= '' then return nil end
  local at, why = math.huge, nil
  if l.stage ~= 'owned' and l.until_ms > 0 then
    at, why = l.until_ms, 'unproved'
  elseif l.recycle_ms > 0 then
    at, why = math.max(l.touched_ms, l.since_ms) + l.recycle_ms, 'silent'
  end
  if l.close_within_ms > 0 and l.since_ms + l.close_within_ms < at then at, why = l.since_ms + l.close_within_ms, 'not_closed' end
  if not why then return nil end
  return math.max(at, l.locked_ms, l.exempt_ms), why
end

-- When somebody should look at it next; nil never.
local function look_at(l)
  if l.state ~= LIVE or l.owner == '' then return nil end
  local at = lapse_at(l)
  if at and l.warn_ms > 0 and l.warned_ms < at then at = at - l.warn_ms end
  if l.answer_ms > 0 then at = math.min(at or math.huge, l.answer_ms) end
  return at
end

-- 2. hints: where to look for what a member or pool holds, and when to look at a lead
local MINUTE = 60000
local listed, armed = {}, {}

-- `seq` as packed.
local function list(owner, pool, seq, given)
  local holder = owner ~= '' and owner or POOL .. pool
  local hints = listed[holder]
  if not hints then
    hints = {}
    listed[holder] = hints
  end
  hints[#hints + 1] = seq .. pack('>I4', given % 4294967296)
end

-- The minute is over when the time has come, so that nobody looks too early.
local function arm(seq, at)
  local minute = math.ceil(at / MINUTE)
  local hints = armed[minute]
  if not hints then
    hints = {}
    armed[minute] = hints
  end
  hints[#hints + 1] = seq
end

local function look_again(l)
  local at = look_at(l)
  if at then arm(pack('>I4', l.seq), at) end
end

local function hint(l)
  list(l.owner, l.pool, pack('>I4', l.seq), l.journal)
  look_again(l)
end

local function write_hints()
  for holder, hints in pairs(listed) do
    for from = 1, #hints, SLICE do call('RPUSH', KEYS[13] .. holder, unpack(hints, from, math.min(from + SLICE - 1, #hints))) end
  end
  for at, hints in pairs(armed) do
    local minute = string.format('%.0f', at)
    for from = 1, #hints, SLICE do call('RPUSH', KEYS[12] .. minute, unpack(hints, from, math.min(from + SLICE - 1, #hints))) end
    call('ZADD', KEYS[12] .. 't', minute, minute)
  end
end

-- 3. how it passes on. What is the customer's own stays: who had it, locks, what was signed, what was refused.
local function pass(l, owner, pool, now, number_)
  if l.pool ~= '' or l.owner ~= '' then count(l, -1) end
  if l.owner ~= '' then
    local past = {}
    for i = math.max(1, #l.past - MOST_PAST + 2), #l.past do past[#past + 1] = l.past[i] end
    past[#past + 1] = { l.owner, now }
    l.past = past
  end
  for _, name in ipairs(OF_ITS_HOLDER) do l[name] = nil end
  l.owner, l.pool, l.until_ms, l.journal, l.state, l.since_ms = owner, pool, 0, number_, LIVE, now
  if owner == '' then l.opportunity = nil end
  count(l, 1)
end

local function to_pool(l, pool, why, now, number_)
  local home = l.home
  pass(l, '', pool, now, number_)
  l.why, l.home = why, home ~= pool and home or nil
end

-- A suspended holding that is alone in its scope lives again; one that is no more disputed is looked at when its time comes.
local function revive(held)
  local taken = {}
  table.sort(held, function(a, b)
    if (a[6] == SUSPENDED) ~= (b[6] == SUSPENDED) then return b[6] == SUSPENDED end
    return a[5] < b[5]
  end)
  for _, h in ipairs(held) do
    if h[6] == SUSPENDED and not taken[h[1]] then
      h[6] = LIVE
      local l = lease_of(h)
      count(l, 1)
      list(l.owner, l.pool, pack('>I4', l.seq), l.journal)
    end
    if h[6] == LIVE then look_again(lease_of(h)) end
    taken[h[1]] = true
  end
end

-- The lead it was given for is gone, or another customer: it goes by this one from now on.
local function go_by(h, seq)
  h[7] = number(seq)
  hint(lease_of(h))
end

-- Two leases of a scope become one: of what is the customer's own nothing is lost.
local function keep_history(l, other)
  local past = {}
  for _, from in ipairs({ l.past, other.past }) do
    for _, one in ipairs(from) do past[#past + 1] = one end
  end
  table.sort(past, function(a, b)
    if a[2] ~= b[2] then return a[2] < b[2] end
    return a[1] < b[1]
  end)
  l.past = {}
  for i = math.max(1, #past - MOST_PAST + 1), #past do l.past[#l.past + 1] = past[i] end
  l.locked_ms, l.exempt_ms = math.max(l.locked_ms, other.locked_ms), math.max(l.exempt_ms, other.exempt_ms)
  l.refused_ms = (l.refused_ms < 0 or other.refused_ms < 0) and -1 or math.max(l.refused_ms, other.refused_ms)
end

-- One owner of both: what he has done for either counts.
local function keep_work(l, other)
  count(l, -1)
  l.until_ms = (l.until_ms == 0 or other.until_ms == 0) and 0 or math.max(l.until_ms, other.until_ms)
  l.touched_ms, l.closed = math.max(l.touched_ms, other.touched_ms), l.closed or other.closed
  if other.stage == 'owned' then l.stage = 'owned' end
  if l.opportunity == '' then l.opportunity = other.opportunity end
  count(l, 1)
end

-- Put a lease among the holdings of its entity, in the place of `h` where it had one, with hints to it.
local function replace(holds, h, l)
  local now = holding_of(l)
  for i = 1, #holds + 1 do
    if holds[i] == h then
      holds[i] = now
      break
    end
  end
  hint(l)
end
