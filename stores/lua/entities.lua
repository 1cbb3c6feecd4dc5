-- Part of commit, decide and split: entities as a script finds them, changed in memory, written at the end; nothing here
-- knows of decisions. Keys: see commit.lua, in the same places for all three.
local DAY_KEPT_S = 40 * 86400
local FIRST_DAY = 13 -- key before that of the first day

local counters = call('HMGET', KEYS[1], 'journal', 'time', 'pool')
local journal, joined_more = tonumber(counters[1] or 0), 0
local time = tonumber(counters[2] or 0) -- the tenant's highest so far: leases never run backwards
local default_pool = counters[3] or 'public' -- where customers go whose lease names no other

local function plan_of(digest, packed)
  local p = cmsgpack.unpack(packed)
  local recycle, close_within, warn = p[17] or 0, p[18] or 0, p[19] or 0
  return { digest = digest, packed = packed, strategy = p[3], group = p[4], shares = p[5], pool = p[6],
           reason = p[7], affinity = p[8], protect = p[9], scope = p[10], window = p[14] or 0, away = p[15] or {},
           credit = p[16] or 0, recycle = recycle, close_within = close_within, warn = warn,
           priority = p[12] or 0, wait = p[13] or 0, terms = recycle > 0 or close_within > 0 or warn > 0 or p[6] ~= default_pool }
end
local LINE = KEYS[6] .. 'l' -- leads that wait in line for somebody who can take them, in the order they are placed in
local line_change, planned = {}, {}
local NO_PLAN = { digest = string.rep('\0', 8), shares = {}, away = {}, window = 0, pool = '', reason = 'unmatched', protect = 0, scope = '',
  recycle = 0, close_within = 0, warn = 0 }

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

-- Read the aliases asked for and the entities they lead to.
local aliased = 0
local function load_asked()
  local fields = {}
  for i = aliased + 1, #asked do fields[i - aliased] = asked[i] end
  for i, value in ipairs(hmget(KEYS[4], fields)) do
    local s = fields[i]
    if value then alias[s], tail[s] = sub(value, 1, 4), sub(value, 5) end
    want(alias[s])
  end
  aliased = #asked
  load_wanted()
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

local RECENT = KEYS[6] .. 'r' -- member -> times of the leads he was given, where a window counts
local owed, open, by_day, recent = {}, {}, {}, {}
local owed_change, day_change, recent_change = {}, {}, {}

local function root(s)
  while alias[s] and alias[s] ~= s do s = alias[s] end
  return s
end

local function members_of(id)
  local e = open_entity(id)
  return id .. e.members .. concat(hmget(KEYS[10], pieces(id, e.beyond))) .. e.more
end

-- The entity of a lead that the script did not ask for, perhaps.
local function entity_of(s)
  local known = alias[s] or call('HGET', KEYS[4], s)
  return root(known and sub(known, 1, 4) or s)
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

local function home_of(l) return l.home ~= '' and l.home or default_pool end

-- A lease by a rule, under the terms of its plan.
local function grant(l, plan, answer_by)
  l.until_ms = plan.protect > 0 and time + plan.protect or 0
  l.recycle_ms, l.close_within_ms, l.warn_ms, l.answer_ms = plan.recycle, plan.close_within, plan.warn, answer_by
  l.home = plan.pool ~= default_pool and plan.pool or nil
end

-- The plan that a lead was given or parked by, for whoever has to place it again, and when the lead came.
local function keep_plan(seq, day, plan, came)
  local digests = planned[day] or {}
  digests[#digests + 1], digests[#digests + 2] = seq, plan.digest .. pack('>I8', came)
  planned[day] = digests
end

-- Write the entities that changed, where the leads in `touched` are now, and what members hold.
local function write_entities(touched)
  local entity_writes, alias_writes, removed = {}, {}, {}
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
  hset(KEYS[3], entity_writes)
  hdel(KEYS[3], removed)
  hset(KEYS[4], alias_writes)
  for field in pairs(owed_change) do call('HSET', KEYS[6], field, string.format('%.17g', owed[field])) end
  for member in pairs(recent_change) do call('HSET', RECENT, member, recent[member]) end
  for seq, place in pairs(line_change) do call('ZADD', LINE, string.format('%.0f', place), seq) end
  for day, digests in pairs(planned) do
    hset(KEYS[FIRST_DAY + day] .. 'p', digests)
    call('EXPIRE', KEYS[FIRST_DAY + day] .. 'p', DAY_KEPT_S)
  end
  hincrby(KEYS[7], open_change)
  for day, members in pairs(day_change) do
    hincrby(KEYS[FIRST_DAY + day], members)
    if next(members) then call('EXPIRE', KEYS[FIRST_DAY + day], DAY_KEPT_S) end
  end
  if joined_more ~= 0 then call('HINCRBY', KEYS[1], 'joined', joined_more) end
end
