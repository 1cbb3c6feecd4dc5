-- Part of commit, decide, split and place: who of a plan's shares takes the next lead, and what everybody is owed then.
-- Turns are debts: for a lead given in turn everybody who could have taken it is owed his part of it, by weight, and who got it
-- one less; whoever is owed most is next. So nobody is flooded who comes new or comes back, nothing is lost by rounding, and who
-- was absent is owed what passed him by up to the plan's credit. Reads counters, writes none.

local gone = {} -- member -> he has left

local function load_shares(plan, day)
  local members, unknown, unread, fields = {}, {}, {}, {}
  for i, share in ipairs(plan.shares) do
    members[i] = share[1]
    if open[share[1]] == nil then unknown[#unknown + 1] = share[1] end
    if plan.window > 0 and not recent[share[1]] then unread[#unread + 1] = share[1] end
  end
  for i = 1, #unknown do unknown[#unknown + 1] = GONE .. unknown[i] end
  local values = hmget(KEYS[7], unknown)
  for i = 1, #unknown / 2 do
    open[unknown[i]], gone[unknown[i]] = tonumber(values[i] or 0), values[i + #unknown / 2]
  end
  values = hmget(RECENT, unread)
  for i = 1, #unread do recent[unread[i]] = values[i] or '' end
  if not by_day[day] then by_day[day], day_change[day] = {}, {} end
  values = hmget(KEYS[FIRST_DAY + day], members)
  for i, member in ipairs(members) do by_day[day][member] = by_day[day][member] or tonumber(values[i] or 0) end
  if plan.strategy == 'turn' then
    for _, group in ipairs({ plan.shares, plan.away }) do
      for _, share in ipairs(group) do fields[#fields + 1] = plan.group .. '\0' .. share[1] end
    end
    values = hmget(KEYS[6], fields)
    for i, field in ipairs(fields) do owed[field] = owed[field] or tonumber(values[i] or 0) end
  end
  plan.fields = fields
  plan.loaded = plan.loaded or {}
  plan.loaded[day] = true
end

-- Leads given to a member: of the calendar day, or of the window before this one (times, 8 bytes each, ascending).
local function given(member, d)
  if d.plan.window == 0 then return by_day[d.day][member] + (day_change[d.day][member] or 0) end
  local times, low, high = recent[member], 0, #recent[member] / 8
  while low < high do
    local mid = math.floor((low + high) / 2)
    if unpack_of('>I8', times, mid * 8 + 1) > d.at - d.plan.window then high = mid else low = mid + 1 end
  end
  return #times / 8 - low
end

local function has_room(share, d)
  local member = share[1]
  return share[2] > 0 and not gone[member] and not (d.past and d.past[member])
    and (share[3] < 0 or open[member] + (open_change[member] or 0) < share[3])
    and (share[4] < 0 or given(member, d) < share[4])
end

local function count_given(member, d)
  day_change[d.day][member] = (day_change[d.day][member] or 0) + 1
  if d.plan.window == 0 then return end
  local kept = sub(recent[member], #recent[member] - 8 * given(member, d) + 1)
  local latest = #kept > 0 and unpack_of('>I8', kept, #kept - 7) or 0
  recent[member], recent_change[member] = kept .. pack('>I8', math.max(d.at, latest)), true
end

-- Everybody who is able is owed his part of this lead, who is absent too until he is owed the credit. -> whoever is owed most
local function next_in_turn(plan, able)
  local total, best, most = 0, nil, -math.huge
  local parts = {}
  for i, share in ipairs(plan.shares) do
    if able[i] then parts[i], total = share[2], total + share[2] end
  end
  for i, share in ipairs(plan.away) do
    local place = #plan.shares + i
    if owed[plan.fields[place]] < plan.credit then parts[place], total = share[2], total + share[2] end
  end
  for i, part in pairs(parts) do
    local field = plan.fields[i]
    owed[field] = owed[field] + part / total
    if i > #plan.shares then owed[field] = math.min(owed[field], plan.credit) end
    owed_change[field] = true
  end
  for i = 1, #plan.shares do
    if able[i] and owed[plan.fields[i]] > most + 1e-9 then best, most = i, owed[plan.fields[i]] end
  end
  owed[plan.fields[best]] = owed[plan.fields[best]] - 1
  return best
end

-- -> member, reason; nil when nobody can. A match to the owner of the same account uses up no turn.
local function pick(d)
  local plan, day = d.plan, d.day
  if #plan.shares == 0 then return nil end
  if not (plan.loaded and plan.loaded[day]) then load_shares(plan, day) end
  local able, best, least = {}, nil, math.huge
  local h = plan.affinity and number(d.account) > 0 and holding(root(d.account), plan.scope)
  for i, share in ipairs(plan.shares) do
    able[i] = has_room(share, d)
    if able[i] and h and h[2] == share[1] then
      count_given(share[1], d)
      return share[1], 'same_account'
    end
    if able[i] then
      local measure = i
      if plan.strategy == 'least_loaded' then
        measure = (open[share[1]] + (open_change[share[1]] or 0) + 1) / share[2]
      elseif plan.strategy == 'quota' then
        measure = given(share[1], d) - share[4]
      end
      if measure < least then best, least = i, measure end
    end
  end
  if not best then return nil end
  if plan.strategy == 'turn' then best = next_in_turn(plan, able) end
  count_given(plan.shares[best][1], d)
  return plan.shares[best][1], 'rule'
end

