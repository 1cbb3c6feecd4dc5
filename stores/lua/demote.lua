-- demote: a person says what the bucket of a key is worth.
-- KEYS 1 demoted, 2 the bucket table of the key
-- ARGV 1 key (9 bytes), 2 state: b blocked (no evidence), r restored (evidence up to a cap of its own), 3 since (ms), 4 cap
-- Reply: 1, or 0 when a key that nobody demoted was to be restored.
local field, state = sub(ARGV[1], 2), ARGV[2]
local bucket = call('HGET', KEYS[2], field) or ''
if state == 'r' and call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
local seqs = sub(bucket, 1, #bucket - #bucket % 4)
call('HSET', KEYS[2], field, seqs .. (state == 'b' and '\2' or '\3'))
call('HSET', KEYS[1], ARGV[1], state .. pack('>I8I4', tonumber(ARGV[3]), tonumber(ARGV[4])))
return 1
