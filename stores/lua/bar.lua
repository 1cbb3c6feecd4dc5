-- bar: put match keys on the do-not-contact list, or take them off.
-- KEYS 1 counters, 2 journal, 3 barred. ARGV 1 match keys (9 bytes each), 2 at_ms, 3 who, 4 '1': put, '0': take off.
-- Reply: how many changed; nothing is noted when none did.
local changed, at = 0, tonumber(ARGV[2])
for p = 1, #ARGV[1], 9 do
  local key = sub(ARGV[1], p, p + 8)
  if ARGV[4] == '1' then
    changed = changed + call('HSETNX', KEYS[3], key, pack('>I8', at) .. ARGV[3])
  else
    changed = changed + call('HDEL', KEYS[3], key)
  end
end
if changed > 0 then
  local name = string.format('%.0f', call('HINCRBY', KEYS[1], 'journal', 1))
  local what = ARGV[4] == '1' and 'barred' or 'unbarred'
  call('XADD', KEYS[2], name .. '-0', name, 'm' .. cmsgpack.pack({ what, at, 0, '', ARGV[3], '' }))
end
return changed
