-- Part of register: the buckets of all keys of the batch, brought up to date with what has united. Writes nothing.
-- 2. buckets of all keys of the batch, and the entity of every lead in them
local bucket, fields_of, names_of, kind_at = {}, {}, {}, {}
for k = 1, #kinds do
  fields_of[k], names_of[k], kind_at[byte(kinds, k)] = {}, {}, k
end
local start, key_of, at = {}, {}, 1
for i = 1, n do
  start[i] = #key_of
  local stop = at + 9 * byte(sizes, i)
  if on_record[i] ~= true then
    for p = at, stop - 9, 9 do
      local key = sub(keys, p, p + 8)
      key_of[#key_of + 1] = key
      if not bucket[key] then
        bucket[key] = ''
        local k = kind_at[byte(key)]
        local list = fields_of[k]
        list[#list + 1] = sub(key, 2)
        names_of[k][#list] = key
      end
    end
  end
  at = stop
end
local alias, asked = {}, {}
local function ask(s)
  if not alias[s] then
    alias[s] = s
    asked[#asked + 1] = s
  end
end
local large, full, changed, flag = {}, {}, {}, {}
local function kept_kind(k)
  return not in_force or string.find(in_force, byte(kinds, k) < 97 and 'U' or 'L', 1, true)
end
for k = 1, #kinds do
  local values, names = kept_kind(k) and hmget(KEYS[6 + k], fields_of[k]) or {}, names_of[k]
  for i = 1, #names do
    local value = values[i]
    if value then
      local name = names[i]
      if #value % 4 == 1 then
        flag[name] = sub(value, -1)
        full[name] = flag[name] ~= RESTORED
        value = sub(value, 1, -2)
      end
      bucket[name] = value
      if flag[name] ~= BLOCKED and (examine or not full[name]) then
        for p = 1, #value, 4 do ask(sub(value, p, p + 3)) end
        if #value >= 4 * cap or full[name] then large[#large + 1] = name end
      end
    end
  end
end
for i = 1, n do
  if not fresh[i] then ask(seq[i]) end
end
local found, turned_away = hmget(KEYS[5], asked), false
for i = 1, #asked do
  if found[i] then alias[asked[i]] = sub(found[i], 1, 4) end
  turned_away = turned_away or alias[asked[i]] == NOBODY
end
for name, value in pairs(turned_away and bucket or {}) do
  local kept = ''
  for p = 1, #value, 4 do
    local s = sub(value, p, p + 3)
    if alias[s] ~= NOBODY then kept = kept .. s end
  end
  if #kept < #value then bucket[name], changed[name] = kept, true end
end

local entity, wanted = {}, {}
local function want(e)
  if entity[e] == nil then
    entity[e] = false
    wanted[#wanted + 1] = e
  end
end
local function load_wanted()
  local values = hmget(KEYS[4], wanted)
  for i = 1, #wanted do entity[wanted[i]] = values[i] end
  wanted = {}
end

-- 3. a bucket is full of entities, not of leads: leads of an entity that is in it already give up their place.
--    Leads under way do not fill it: they may all be one customer.
for l = 1, #large do
  local value = bucket[large[l]]
  for p = 1, #value, 4 do want(alias[sub(value, p, p + 3)]) end
end
load_wanted()
local flagged, cap_of, demoted, undemoted = {}, {}, {}, {}
for l = 1, #large do
  if flag[large[l]] then flagged[#flagged + 1] = large[l] end
end
for i, value in ipairs(hmget(KEYS[6], flagged)) do
  if value then cap_of[flagged[i]] = number(sub(value, 10, 13)) end
end
for l = 1, #large do
  local key = large[l]
  local most_here = cap_of[key] or cap
  local value, seen, kept, settled = bucket[key], {}, {}, 0
  for p = 1, #value, 4 do
    local s = sub(value, p, p + 3)
    local e = alias[s]
    if e == s or not seen[e] then
      kept[#kept + 1] = s
      if entity[e] and not seen[e] then settled = settled + 1 end
      seen[e] = true
    end
  end
  if 4 * #kept < #value then
    bucket[key], changed[key] = concat(kept), true
  end
  local was = full[key] or false
  full[key] = settled >= most_here or #kept >= 32 * most_here
  if full[key] ~= was then
    local raised = most_here ~= cap
    changed[key], flag[key] = true, full[key] and FULL or raised and RESTORED or nil
    if full[key] or raised then
      demoted[#demoted + 1] = key
      demoted[#demoted + 1] = (full[key] and 'f' or 'r') .. pack('>I8I4', 1000 * call('TIME')[1], most_here)
    else
      undemoted[#undemoted + 1] = key
    end
  end
end
