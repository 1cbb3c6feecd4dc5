-- roster: append changes among people, each a version of its own and a move in the journal; all of them or none.
-- KEYS 1 counters, 2 journal, 3 the roster (LIST: element n is version n), 4 ids of what was appended (HASH id -> version), 5 open.
-- ARGV 1 id of the whole, 2 the version it was made upon, 3 at_ms, then for each: packed change, what, member, actor, why.
-- Reply: { done | known | stale, the version now }.
local known = call('HGET', KEYS[4], ARGV[1])
if known then return { 'known', tonumber(known) } end
local version = call('LLEN', KEYS[3])
if version ~= tonumber(ARGV[2]) then return { 'stale', version } end
local journal, effects = tonumber(call('HGET', KEYS[1], 'journal') or 0), {}
for i = 4, #ARGV, 5 do
  version, journal = version + 1, journal + 1
  call('RPUSH', KEYS[3], ARGV[i])
  if ARGV[i + 1] == 'joined' then call('HDEL', KEYS[5], GONE .. ARGV[i + 2]) end
  effects[#effects + 1] = string.format('%.0f', journal)
  effects[#effects + 1] = 'm' .. cmsgpack.pack({ ARGV[i + 1], tonumber(ARGV[3]), 0, '', ARGV[i + 2], '', ARGV[i + 4], 0, ARGV[i + 3] })
end
call('HSET', KEYS[4], ARGV[1], version)
call('HSET', KEYS[1], 'journal', journal)
call('XADD', KEYS[2], string.format('%.0f-0', journal), unpack(effects))
return { 'done', version }
