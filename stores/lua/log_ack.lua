-- Acknowledge entries, then drop what nobody needs any more. Repeating it changes nothing.
-- KEYS[1] stream. ARGV: group ("" acknowledges nothing), keep: oldest entry id to keep anyway ("" none), entry ids ...
-- Gives the number of entries dropped. Dropped is what lies below the lowest entry that some group has still to
-- acknowledge or to read; with no group at all, only what is older than keep.
local stream, group, keep = KEYS[1], ARGV[1], ARGV[2]
if group ~= '' and #ARGV > 2 then
  redis.call('XACK', stream, group, unpack(ARGV, 3))
end
if redis.call('EXISTS', stream) == 0 then return 0 end

local function parts(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(seq)
end
local function lower(a, b)
  if a == '' or b == '' then return a == '' and b or a end
  local ams, aseq = parts(a)
  local bms, bseq = parts(b)
  if ams < bms or (ams == bms and aseq < bseq) then return a end
  return b
end

local floor = keep
for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  local g = {}
  for i = 1, #info, 2 do g[info[i]] = info[i + 1] end
  local need
  if g['pending'] > 0 then
    need = redis.call('XPENDING', stream, g['name'])[2]
  else
    local ms, seq = parts(g['last-delivered-id'])
    need = string.format('%.0f-%.0f', ms, seq + 1)
  end
  floor = lower(floor, need)
end
if floor == '' then return 0 end
return redis.call('XTRIM', stream, 'MINID', floor)
