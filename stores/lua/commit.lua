-- commit: check what each decision has seen, unite entities, take or meet the owner, pick the turn, record the outcome.
-- KEYS 1 counters, 2 events, 3 entities, 4 aliases, 5 plans, 6 turns, 7 open, 8 journal, 9 apart, 10 beyond, 11 waiting,
--      12 timers, 13 lists of holders (lease.lua), 14.. one per day
-- ARGV 1 number of plans, then digest8 and msgpack a plan, then all decisions in one (head, joins,
--      seen, claimant, body; see codec.py), then what unique values ask for (codec.pack_taken). Times in ms, day counters
--      expire after 40 days.
-- Reply: a status a decision (n new, w new with a warning, t turned into another by a unique value, o on record before,
-- s stale) and the stored outcome's head (n) or whole.
-- A decision is stale when an entity it looked at changed before this batch, or when an earlier stale one looked at it.
-- In front of it, in this order: shared, entities, lease, commit_read, commit_turn, commit_unite, commit_unique.
-- 4. one decision: where it goes. -> code, owner, pool, until_ms
local function dispose(d, e, this)
  local plan = d.plan
  local holds, h = holdings(e), holding(e, plan.scope)
  local function hold(owner, pool, until_ms, state, why)
    if not h and state == LIVE and not why and not plan.terms and d.answer_by == 0 then -- by far the commonest, said shortest
      holds[#holds + 1] = { plan.scope, owner, pool, until_ms, this.number, LIVE, number(d.seq), '', time }
      open_by(counter_of(owner, pool), 1)
      list(owner, pool, d.seq, this.number)
      if until_ms > 0 then arm(d.seq, until_ms) end
      return
    end
    local l = h and lease_of(h) or free_lease(plan.scope)
    pass(l, owner, pool, time, this.number)
    if state == PROVISIONAL then count(l, -1) end
    if owner ~= '' then grant(l, plan, d.answer_by) end
    if until_ms == 0 then l.until_ms = 0 end -- a customer of old, or nobody's yet
    l.state, l.seq, l.why = state, number(d.seq), why
    replace(holds, h, l)
  end
  local claimant = d.claimant
  if claimant ~= '' and call('HEXISTS', KEYS[7], GONE .. claimant) == 1 then claimant = '' end
  if d.kind == UNSURE then
    if h and h[2] ~= '' then return CODE['review/unsure'], h[2], '', 0 end
    local likely = number(d.likeliest) > 0 and holding(root(d.likeliest), plan.scope)
    local owner = likely and likely[2] or ''
    if d.code == CODE['assigned/customer'] and claimant ~= '' then -- the company says whose he is; a person looks whether he came twice
      hold(claimant, '', 0, LIVE)
      return CODE['review/unsure'], claimant, '', 0
    end
    if owner == '' then owner = claimant end
    if owner ~= '' then hold(owner, '', 0, PROVISIONAL) end
    return CODE['review/unsure'], owner, '', 0
  end
  if this.two then return CODE['contested/two_owners'], h and h[2] or '', '', h and h[4] or 0 end
  if h and h[2] ~= '' then
    if claimant ~= '' and claimant ~= h[2] then return CODE['contested/owned_by_other'], h[2], '', h[4] end
    return d.code == CODE['merged/call_update'] and d.code or CODE['merged/same_contact'], h[2], '', h[4]
  end
  local owner, reason = claimant, 'claimed'
  if owner ~= '' then
    if d.code == CODE['assigned/customer'] then
      reason = 'customer'
    elseif h and h[3] ~= '' then -- who waits in a pool is taken by a claim, which counts; not by a row that says whose he is
      return CODE['merged/in_pool'], '', h[3], 0
    end
  else
    owner, reason = pick(d)
  end
  if owner then
    local until_ms = plan.protect > 0 and time + plan.protect or 0
    hold(owner, '', until_ms, LIVE)
    if d.answer_by > 0 then keep_plan(d.seq, d.day, plan, d.at) end
    return CODE['assigned/' .. reason], owner, '', until_ms
  end
  if h then return CODE['merged/in_pool'], '', h[3], 0 end
  local parked = #plan.shares > 0 or plan.reason == 'parked'
  local waits = parked and plan.wait > 0
  hold('', plan.pool, 0, LIVE, waits and 'parked' or nil)
  if waits then
    line_change[d.seq] = d.at - plan.priority * 4398046511104 -- 2^42: by priority, then by time, exact in a double
    keep_plan(d.seq, d.day, plan, d.at)
  end
  return CODE['pooled/' .. (parked and 'parked' or plan.reason)], '', plan.pool, 0
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
local event_writes, waiting, nobodys = {}, {}, {}

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
  reply[#reply + 1], reply[#reply + 2] = d.status or 'n', d.status and value or head
end

-- Refused: the lead is nobody's, and if it had a number nobody finds it any more. What others have joined stays theirs.
local function turn_away(d, code)
  local e = root(d.seq)
  if e ~= NOBODY and e == d.seq and #members_of(e) == 4 then e = NOBODY end
  d.kind, d.plan, d.account, d.likeliest = REFUSED, NO_PLAN, NOBODY, NOBODY
  record(d, head_of(d, d.seq, e, code, '', '', 0), '')
  if e == NOBODY and d.seq ~= NOBODY then
    alias[d.seq], bad[d.seq] = NOBODY, true
    nobodys[#nobodys + 1], nobodys[#nobodys + 2] = d.seq, NOBODY
  end
end

-- A pair that a person told apart is never united and never asked about again: what is apart from the lead's own entity is
-- left out. Of two others that are apart the lead may be either, so a person looks at it and the likelier one.
local function heed(d, e)
  local named = d.kind == SAME and d.joins or d.likeliest
  local ids, kept = { e }, ''
  for p = 1, #named, 4 do ids[#ids + 1] = root(sub(named, p, p + 3)) end
  local apart = apart_among(ids)
  for p = 1, #named, 4 do
    local s = sub(named, p, p + 3)
    if not apart[e .. root(s)] then
      for q = 1, #kept, 4 do
        if apart[root(sub(kept, q, q + 3)) .. root(s)] then
          d.kind, d.likeliest = UNSURE, sub(kept, 1, 4)
          return
        end
      end
      kept = kept .. s
    end
  end
  if kept == '' then d.kind = NEW elseif d.kind == SAME then d.joins = kept end
end

local function wait(d, e)
  local likeliest = root(d.likeliest)
  if likeliest == e then return end
  waiting[d.seq] = d.event .. likeliest .. pack('>dI8', cmsgpack.unpack(d.body)[6], d.at)
end

local function decide(d)
  local this = { number = journal + 1, absorbed = '', moved = {}, suspended = {}, two = false, met = false }
  local e = root(d.seq)
  time = math.max(time, d.at)
  if tell_apart and d.kind ~= NEW then heed(d, e) end
  local rule, others = clash(d, e)
  if rule then
    d.body, d.status = rule[3], rule[1] == 'warn' and 'w' or 't'
    if rule[1] == 'refuse' then return turn_away(d, CODE['rejected/not_unique']) end -- a value that must be unique is another's
    if rule[1] == 'merge' then d.kind, d.joins = SAME, (d.kind == SAME and d.joins or '') .. others end
  end
  if d.kind == SAME then
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
  if d.kind == UNSURE then wait(d, e) end
  if this.met then settle(e, waiting) end
  for s in pairs(this.moved) do touched[s] = true end
  local now = open_entity(e)
  now.version, now.changed = pack('>I8', this.number), true
  record(d, head_of(d, d.seq, e, code, owner, pool, until_ms), this.absorbed)
  for _, h in ipairs(this.suspended) do
    effect('m', cmsgpack.pack({ 'suspended', d.at, number(e), h[1], h[2], hex(d.event), '', 0, '', '', '', '', 0, h }))
  end
end

for i = 1, #decisions do
  local d, value = decisions[i], on_record[i]
  local before = done[d.event] or (value and #value > 4 and value)
  if before then
    reply[#reply + 1], reply[#reply + 2] = 'o', before
  elseif d.kind == REFUSED then
    turn_away(d, d.code)
  elseif is_stale(d, value) or waits_for(d) then
    for p = 1, #d.seen, 12 do bad[sub(d.seen, p, p + 3)] = true end
    reply[#reply + 1], reply[#reply + 2] = 's', ''
  else
    decide(d)
  end
end

-- 6. write; nothing below can fail
if #effects == 0 then return reply end
local plan_writes = {}
for i = 1, #plans do
  if call('HEXISTS', KEYS[5], plans[i].digest) == 0 then
    plan_writes[#plan_writes + 1], plan_writes[#plan_writes + 2] = plans[i].digest, plans[i].packed
  end
end
logging = false -- outcomes are in the journal as effects
hset(KEYS[2], event_writes)
logging = true
hset(KEYS[5], plan_writes)
write_waiting(waiting)
write_entities(touched)
hset(KEYS[4], nobodys)
write_hints()
call('HSET', KEYS[1], 'journal', journal, 'time', time)
for from = 1, #effects, SLICE do
  local last = math.min(from + SLICE - 1, #effects)
  call('XADD', KEYS[8], string.format('%.0f-0', journal - (#effects - last) / 2), unpack(effects, from, last))
end
return reply
