-- Part of commit: entities become one, in memory; nothing is written.
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
      if rank(rest) == 1 then
        open_by(POOL .. rest[3], -1)
      elseif rank(rest) == 3 then
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

local function members_of(id)
  local e = open_entity(id)
  return id .. e.members .. concat(hmget(KEYS[10], pieces(id, e.beyond))) .. e.more
end

-- The entity of a lead that the batch does not speak of, perhaps.
local function entity_of(s)
  local known = alias[s] or call('HGET', KEYS[4], s)
  return root(known and sub(known, 1, 4) or s)
end

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
  local parts, huge = { e }, nil -- a pair has two ends: of the largest customer nobody goes through all leads
  for p = 1, #joins, 4 do parts[#parts + 1] = root(sub(joins, p, p + 3)) end
  for _, id in ipairs(parts) do
    if open_entity(id).beyond > (huge and open_entity(huge).beyond or 0) then huge = id end
  end
  for _, id in ipairs(parts) do
    if id ~= huge then take(id) end
  end
  for i, apart in ipairs(hmget(KEYS[9], list)) do
    for p = 1, apart and #apart or 0, 4 do
      local s = sub(apart, p, p + 3)
      local other = group[s] or (huge and entity_of(s) == huge and huge)
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
  local room = 4 * INLINE - #kept.members
  kept.members, kept.more = kept.members .. sub(moving, 1, room), kept.more .. sub(moving, room + 1)
  this.two = meet(holdings(a), holdings(b), this) or this.two
  this.absorbed = this.absorbed .. b
  lost.absorbed = true
  joined_more = joined_more + 1
  return a
end

