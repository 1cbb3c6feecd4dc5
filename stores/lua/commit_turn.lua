-- Part of commit, decide and split: who of a plan's shares takes the next lead. Reads counters, writes none.
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
  values = hmget(KEYS[FIRST_DAY + day], members)
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

