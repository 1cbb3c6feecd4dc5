-- Part of commit and decide: entities become one, in memory; nothing is written.
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
      local l, less = lease_of(kept), lease_of(rest)
      count(less, -1)
      keep_history(l, less)
      if rank(rest) == 3 and rest[2] == kept[2] then
        keep_work(l, less)
        look_again(l)
      elseif rank(rest) == 3 then
        rest[6], two = SUSPENDED, true
        holds[#holds + 1] = rest
        this.suspended[#this.suspended + 1] = rest
      end
      holds[other] = holding_of(l)
    end
  end
  return two
end

-- Pairs of these entities that a person told apart, as a set of both orders. A pair has two ends, so of the largest customer
-- nobody goes through all leads.
local function apart_among(ids)
  local group, list, apart, huge = {}, {}, {}, nil
  for _, id in ipairs(ids) do
    if open_entity(id).beyond > (huge and open_entity(huge).beyond or 0) then huge = id end
  end
  for _, id in ipairs(ids) do
    local all = id ~= huge and members_of(id) or ''
    for p = 1, #all, 4 do
      list[#list + 1] = sub(all, p, p + 3)
      group[list[#list]] = id
    end
  end
  for i, others in ipairs(hmget(KEYS[9], list)) do
    for p = 1, others and #others or 0, 4 do
      local s, one = sub(others, p, p + 3), group[list[i]]
      local other = group[s] or (huge and entity_of(s) == huge and huge)
      if other and other ~= one then apart[one .. other], apart[other .. one] = true, true end
    end
  end
  return apart
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
  this.met = this.met or (kept.version ~= NEVER and lost.version ~= NEVER)
  local room = 4 * INLINE - #kept.members
  kept.members, kept.more = kept.members .. sub(moving, 1, room), kept.more .. sub(moving, room + 1)
  this.two = meet(holdings(a), holdings(b), this) or this.two
  this.absorbed = this.absorbed .. b
  lost.absorbed = true
  joined_more = joined_more + 1
  return a
end

-- Two customers turned out to be one: whoever waits to be told whether they are need not be asked any more. `waiting`
-- are changes to the queue: seq -> value, false when it waits no more.
local function settle(e, waiting)
  local all, list, here = members_of(e), {}, {}
  for p = 1, #all, 4 do
    list[#list + 1] = sub(all, p, p + 3)
    here[list[#list]] = true
  end
  for i, value in ipairs(hmget(KEYS[11], list)) do
    local now = waiting[list[i]]
    if now == nil then now = value end
    if now and here[sub(now, 17, 20)] then waiting[list[i]] = false end
  end
end

local function write_waiting(waiting)
  for s, value in pairs(waiting) do
    if value then call('HSET', KEYS[11], s, value) else call('HDEL', KEYS[11], s) end
  end
end
