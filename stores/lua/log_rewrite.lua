-- Put other bodies in the place of some entries of a log that no group reads. Every entry keeps its id and its place; the stream
-- is made anew, since a deleted entry's bytes would stay in its node and go into the next snapshot.
-- KEYS 1 stream, 2 a name for the new one. ARGV 1 field, then id and body of each entry that changes ('' takes it away).
-- Reply: how many changed, -1 when a group reads it.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if #redis.call('XINFO', 'GROUPS', KEYS[1]) > 0 then return -1 end
local body, changed = {}, 0
for i = 2, #ARGV, 2 do body[ARGV[i]] = ARGV[i + 1] end
redis.call('DEL', KEYS[2])
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
  local id, fields = entry[1], entry[2]
  local new = body[id]
  if new then changed = changed + 1 end
  if new ~= '' then redis.call('XADD', KEYS[2], id, ARGV[1], new or fields[2]) end
end
if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('RENAME', KEYS[2], KEYS[1]) else redis.call('DEL', KEYS[1]) end
return changed
