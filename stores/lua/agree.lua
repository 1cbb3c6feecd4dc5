-- agree: the shares of a customer, proposed, consented to or in force, if they are still as they were read.
-- Keys 1 to 16 and ARGV 1 to 4: alone.lua. KEYS 17 shares. ARGV 5 field, 6 as it was read ('' none), 7 as it shall be, 8 scope,
-- 9.. what, member of each move to record. Reply: unknown | under_way | moved | done. Before it: shared, entities, lease, alone.
local seq = sub(value, 1, 4)
ask(seq)
load_asked()
if (call('HGET', KEYS[17], ARGV[5]) or '') ~= ARGV[6] then return 'moved' end
call('HSET', KEYS[17], ARGV[5], ARGV[7])
for i = 9, #ARGV, 2 do move(ARGV[i], root(seq), ARGV[8], ARGV[i + 1], 0) end
write_effects()
return 'done'
