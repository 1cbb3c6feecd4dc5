-- guard: may this customer be contacted? Reads only.
-- KEYS and ARGV: holders.lua. Reply: what holders.lua tells, contacts of each entity's leads, contacts noted under the keys
--      themselves (before any lead had them), how many of the keys are barred.
local shared, order, leads = holders()
local reply, stored = told(shared, order, leads)
local contacts, keys = {}, {}
for i, e in ipairs(order) do
  local fields = { e }
  if stored[i] then
    local _, further, _, count = entity_parts(stored[i])
    for _, part in ipairs({ further, unpack(hmget(KEYS[9], pieces(e, count - INLINE))) }) do
      for p = 1, #part, 4 do fields[#fields + 1] = sub(part, p, p + 3) end
    end
  end
  local found = {}
  for _, value in ipairs(hmget(KEYS[6], fields)) do found[#found + 1] = value or nil end
  contacts[i] = found
end
for p = 1, #ARGV[1], 9 do keys[#keys + 1] = sub(ARGV[1], p, p + 8) end
local before, barred = {}, 0
for _, value in ipairs(hmget(KEYS[6], keys)) do before[#before + 1] = value or nil end
for _, value in ipairs(hmget(KEYS[7], keys)) do barred = barred + (value and 1 or 0) end
return { reply, contacts, before, barred }
