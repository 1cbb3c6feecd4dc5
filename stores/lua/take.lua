-- Part of claim, report and follow_up: who may take a customer that waits in a pool, and taking it. Before it: act.
local function claimed_today() return call('HGET', KEYS[14], who) or '' end

local function full()
  if terms.max_open < 0 or (l.closed and terms.closed_exempt) then return false end
  local function held(counter) return tonumber(call('HGET', KEYS[7], counter) or 0) + (open_change[counter] or 0) end
  return held(who) + (terms.closed_exempt and 0 or held(CLOSED .. who)) >= terms.max_open
end

-- -> why not, nil when he may
local function hindrance()
  if l.locked_ms > now then return 'locked' end
  for _, one in ipairs(l.past) do
    if one[1] == who and now < one[2] + terms.cooling_ms then return 'cooling' end
  end
  local arrived = l.why == '' or l.why == 'parked' or l.why == 'overdue' -- it came straight to the pool
  if arrived and now < l.since_ms + terms.fresh_ms then return 'new_arrival' end
  if terms.claims_a_day >= 0 and #claimed_today() / 4 >= terms.claims_a_day then return 'day_cap' end
  if full() then return 'holding_cap' end
end

-- The lease is his, under the terms of now.
local function give()
  local from = l.pool
  pass(l, who, '', now, journal + 1)
  l.until_ms = terms.protect_ms > 0 and now + terms.protect_ms or 0
  l.recycle_ms, l.close_within_ms, l.warn_ms = terms.recycle_ms, terms.close_within_ms, terms.warn_ms
  local home = terms.pool ~= '' and terms.pool or from
  l.answer_ms, l.home = terms.answer_by_ms, home ~= default_pool and home or nil
end

-- Out of a pool: the turn is used up, whatever becomes of it. The log only grows.
local function take()
  if l.pool ~= '' then
    call('HSET', KEYS[14], who, claimed_today() .. e)
    call('EXPIRE', KEYS[14], LOG_KEPT_S)
  end
  give()
end
