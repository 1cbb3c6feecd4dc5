-- publish: a policy is in force from now on. Every version is kept once, and every moment from which one was in force.
-- KEYS 1 moments (LIST: ms 8, version), 2 versions (HASH version -> msgpack of Policy). ARGV 1 version, 2 at_ms, 3 msgpack.
-- Reply: 1, or 0 when that version is in force already.
local last = call('LINDEX', KEYS[1], -1)
if last and sub(last, 9) == ARGV[1] then return 0 end
call('RPUSH', KEYS[1], pack('>I8', ARGV[2]) .. ARGV[1])
call('HSETNX', KEYS[2], ARGV[1], ARGV[3])
return 1
