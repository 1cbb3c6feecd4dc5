-- contact: somebody spoke with a customer, or was refused by him; for all colleagues (moments.lua).
-- KEYS 1 counters, 2 journal, 3 records, 4 contacts. ARGV 1 fields (a byte of length before each), 2 at_ms, 3 refused until
--      (ms, 0 it was a contact), 4 who, 5 entity, 6 scope. Reply: noted | known (this moment was noted before) | gone
local refused_ms, status, p = tonumber(ARGV[3]), 'gone', 1
while p <= #ARGV[1] do
  local length = byte(ARGV[1], p)
  local field = sub(ARGV[1], p + 1, p + length)
  p = p + 1 + length
  if length > 4 or call('HEXISTS', KEYS[3], field) == 1 then
    if note_contact(KEYS[4], field, tonumber(ARGV[2]), refused_ms) then status = 'noted' elseif status == 'gone' then status = 'known' end
  end
end
if status == 'noted' then
  local journal = call('HINCRBY', KEYS[1], 'journal', 1)
  local name = string.format('%.0f', journal)
  local what = refused_ms > 0 and 'refuse' or 'contacted'
  call('XADD', KEYS[2], name .. '-0', name, 'm' .. cmsgpack.pack({ what, tonumber(ARGV[2]), tonumber(ARGV[5]), ARGV[6], ARGV[4], '' }))
end
return status
