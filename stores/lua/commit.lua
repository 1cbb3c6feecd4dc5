-- commit: check what each decision has seen, unite entities, take or meet the owner, pick the turn, record the outcome.
-- KEYS 1 counters, 2 events, 3 entities, 4 aliases, 5 plans, 6 turns, 7 open, 8 journal, 9 apart, 10 beyond,
--      11.. one per day
-- ARGV 1 number of plans, then digest8 and msgpack a plan, then all decisions in one (head, joins,
--      seen, claimant, body; see codec.py). Times in ms, day counters expire after 40 days.
-- Reply: a status a decision (n new, o on record before, s stale) and the stored outcome's head (n) or whole (o).
-- A decision is stale when an entity it looked at changed before this batch, or when an earlier stale one looked at it.
-- In front of it, in this order: shared, commit_read, commit_turn, commit_unite.
-- 4. one decision: where it goes. -> code, owner, pool, until_ms
local function dispose(d, e, this)
  local plan = d.plan
  local holds, h = holdings(e), holding(e, plan.scope)
  local function hold(owner, pool, until_ms, state)
    if h and h[2] == '' then open_by(POOL .. h[3], -1) end
    if owner == '' then open_by(POOL .. pool, 1) end
    if h then
      h[2], h[3], h[4], h[5], h[6], h[7] = owner, pool, until_ms, this.number, state, number(d.seq)
    else
      holds[#holds + 1] = { plan.scope, owner, pool, until_ms, this.number, state, number(d.seq) }
    end
  end
  if d.kind == UNSURE then
    if h and h[2] ~= '' then return CODE['review/unsure'], h[2], '', 0 end
    local likely = number(d.likeliest) > 0 and holding(root(d.likeliest), plan.scope)
    local owner = likely and likely[2] or ''
    if d.code == CODE['assigned/customer'] then -- the company says whose he is; a person looks whether he came twice
      hold(d.claimant, '', 0, LIVE)
      open_by(d.claimant, 1)
      return CODE['review/unsure'], d.claimant, '', 0
    end
    if owner == '' then owner = d.claimant end
    if owner ~= '' then hold(owner, '', 0, PROVISIONAL) end
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
    hdel(KEYS[10], pieces(id, e.beyond))
  elseif e.changed then
    local held = e.holds and (#e.holds > 0 and cmsgpack.pack(e.holds) or '') or e.held
    entity_writes[#entity_writes + 1] = id
    entity_writes[#entity_writes + 1] = e.version .. pack('>I4', (#e.members + #e.more) / 4 + e.beyond) .. e.members .. held
    if e.more ~= '' then put_beyond(KEYS[10], id, e.beyond, e.more) end
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
  for member, change in pairs(members) do call('HINCRBY', KEYS[10 + day], member, change) end
  if next(members) then call('EXPIRE', KEYS[10 + day], DAY_KEPT_S) end
end
call('HSET', KEYS[1], 'journal', journal)
if joined_more > 0 then call('HINCRBY', KEYS[1], 'joined', joined_more) end
for from = 1, #effects, SLICE do
  local last = math.min(from + SLICE - 1, #effects)
  call('XADD', KEYS[8], string.format('%.0f-0', journal - (#effects - last) / 2), unpack(effects, from, last))
end
return reply
