-- note: append a move to the journal that changes nothing else: who looked at what.
-- KEYS 1 counters, 2 journal. ARGV 1 what, 2 at_ms, 3 entity, 4 who, 5 event in hex, 6 why. Reply: its number.
local journal = call('HINCRBY', KEYS[1], 'journal', 1)
local name = string.format('%.0f', journal)
local move = cmsgpack.pack({ ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), '', ARGV[4], ARGV[5], ARGV[6] })
call('XADD', KEYS[2], name .. '-0', name, 'm' .. move)
return journal
