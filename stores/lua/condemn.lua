-- condemn: an entity with very many leads is to be forgotten: it is dissolved at once, its leads then go one by one.
-- KEYS 1 counters, 2 entities, 3 aliases, 4 open, 5 journal, 6 beyond
-- ARGV 1 a lead of it (seq4), 2 its last lead must not be above this seq, 3 at_ms
-- Reply: 1, or 0 when it has an owner or was heard of since; then nothing is written.
local alias = call('HGET', KEYS[3], ARGV[1])
local root = alias and sub(alias, 1, 4) or ARGV[1]
local stored, cutoff = call('HGET', KEYS[2], root), tonumber(ARGV[2])
if not stored then return 0 end
local _, rest, held, further = entity_parts(stored)
local holds = held ~= '' and cmsgpack.unpack(held) or {}
for _, h in ipairs(holds) do
  if h[2] ~= '' then return 0 end
end
local beyond = pieces(root, further - INLINE)
local all, moved = root .. rest .. concat(hmget(KEYS[6], beyond)), {}
for p = 1, #all, 4 do
  local s = sub(all, p, p + 3)
  if number(s) > cutoff then return 0 end
  moved[#moved + 1] = s
end
local journal = tonumber(call('HGET', KEYS[1], 'journal') or 0) + 1
call('HDEL', KEYS[2], root)
hdel(KEYS[3], moved)
hdel(KEYS[6], beyond)
for _, h in ipairs(holds) do call('HINCRBY', KEYS[4], POOL .. h[3], -1) end
call('HINCRBY', KEYS[1], 'joined', -further)
call('HSET', KEYS[1], 'journal', journal)
local number_, move = string.format('%.0f', journal), cmsgpack.pack({ 'expired', tonumber(ARGV[3]), number(root), '', '', '' })
call('XADD', KEYS[5], number_ .. '-0', number_, 'm' .. move)
return 1
