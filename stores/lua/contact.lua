-- contact: somebody spoke with a customer, or was refused by him. Kept under a lead's seq (merges carry it along), or under
-- match keys while no lead has them: refused until 8, then the moments of the last contacts 8 each (ms), oldest first.
-- KEYS 1 counters, 2 journal, 3 records, 4 contacts. ARGV 1 fields (a byte of length before each), 2 at_ms, 3 refused until
--      (ms, 0 it was a contact), 4 who, 5 entity, 6 scope. Reply: noted | known (this moment was noted before) | gone
local KEPT = 64
local at, refused = pack('>I8', tonumber(ARGV[2])), tonumber(ARGV[3])
local status, p = 'gone', 1
while p <= #ARGV[1] do
  local length = byte(ARGV[1], p)
  local field = sub(ARGV[1], p + 1, p + length)
  p = p + 1 + length
  if length > 4 or call('HEXISTS', KEYS[3], field) == 1 then
    local kept = call('HGET', KEYS[4], field) or NEVER
    local until_ms, moments, known = unpack_of('>I8', kept), sub(kept, 9), false
    for q = 1, #moments, 8 do known = known or sub(moments, q, q + 7) == at end
    if refused > 0 then
      known = known or until_ms >= refused
      until_ms = math.max(until_ms, refused)
    end
    local contact = refused == 0 and not known
    if contact then moments = sub(moments .. at, -8 * KEPT) end
    if not known then call('HSET', KEYS[4], field, pack('>I8', until_ms) .. moments) end
    if not known then status = 'noted' elseif status == 'gone' then status = 'known' end
  end
end
if status == 'noted' then
  local journal = call('HINCRBY', KEYS[1], 'journal', 1)
  local name = string.format('%.0f', journal)
  local what = refused > 0 and 'refuse' or 'contacted'
  call('XADD', KEYS[2], name .. '-0', name, 'm' .. cmsgpack.pack({ what, tonumber(ARGV[2]), tonumber(ARGV[5]), ARGV[6], ARGV[4], '' }))
end
return status
