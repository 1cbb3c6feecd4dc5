-- remove: take one committed lead out of the index and split what only it had held together.
-- KEYS 1 counters, 2 events, 3 records, 4 entities, 5 aliases, 6 open, 7 journal, 8 apart, 9 beyond,
--      10 waiting, 11 decided, 12 timers, 13 lists of holders, 14 demoted, 15.. one bucket table a kind
-- ARGV 1 event, 2 match keys (9 bytes each), 3 kinds (a letter per bucket table), 4 why (the name of the move: undone,
--      erased, expired), 5 at_ms, 6 body of the outcome that stays ('' leaves none), 7 '1': only say what would happen,
--      8 expire only: the entity's last lead must not be above this seq, and it must have no owner ('' no condition)
-- Reply: absent | under_way | kept | large (expire only: condemn looks at the rest and dissolves it) | removed, number of parts left, members left.
-- The leads that remain are regrouped by what their own decisions joined. A holding stays with the part of the lead it
-- was given for, else with the part of the smallest seq; one that was suspended lives again where it is alone.
local event, dry, cutoff = ARGV[1], ARGV[7] == '1', tonumber(ARGV[8])
local value = call('HGET', KEYS[2], event)
if not value then return { 'absent', 0, 0 } end
if #value == 4 then return { 'under_way', 0, 0 } end
local mine = sub(value, 1, 4)
local journal = tonumber(call('HGET', KEYS[1], 'journal') or 0) + 1

-- 1. the entity and what its other leads joined
local members, tails, holds, root, beyond = {}, {}, {}, false, {}
if number(mine) > 0 and sub(value, 5, 8) ~= '\0\0\0\0' then
  local alias = call('HGET', KEYS[5], mine)
  root = alias and sub(alias, 1, 4) or mine
  local stored = call('HGET', KEYS[4], root)
  if stored then
    local _, rest, held, further = entity_parts(stored)
    if held ~= '' then holds = cmsgpack.unpack(held) end
    for _, h in ipairs(holds) do
      if cutoff and h[2] ~= '' then return { 'kept', 0, 1 + further } end
    end
    beyond = pieces(root, further - INLINE)
    local function recent(seqs)
      for p = cutoff and #seqs - 3 or 0, 1, -4 do -- the latest come last
        if number(sub(seqs, p, p + 3)) > cutoff then return true end
      end
    end
    if cutoff and #beyond > 0 then
      return { recent(call('HGET', KEYS[9], beyond[#beyond])) and 'kept' or 'large', 0, 1 + further }
    end
    local all = root .. rest .. concat(hmget(KEYS[9], beyond))
    if recent(all) then return { 'kept', 0, 1 + further } end
    for p = 1, #all, 4 do members[#members + 1] = sub(all, p, p + 3) end
  end
end

-- 2. parts
local rest = {}
for _, s in ipairs(members) do
  if s ~= mine then rest[#rest + 1] = s end
end
local aliases = hmget(KEYS[5], rest)
for i, s in ipairs(rest) do tails[s] = aliases[i] and sub(aliases[i], 5) or '' end
local parts, order, part_of, keeper = regroup(rest, tails)
if dry then return { 'removed', #order, #rest } end

-- 3. holdings
for _, h in ipairs(holds) do
  local id = part_of(pack('>I4', h[7]))
  if keeper and not id then
    id = keeper
    go_by(h, keeper)
  end
  if id then
    parts[id].holds[#parts[id].holds + 1] = h
  elseif h[6] == LIVE then
    open_by(counter_of(h[2], h[3], h[15]), -1)
  end
end
for _, id in ipairs(order) do revive(parts[id].holds) end

-- 4. write
local tables, buckets = {}, {}
for k = 1, #ARGV[3] do tables[byte(ARGV[3], k)] = KEYS[14 + k] end
for p = 1, #ARGV[2], 9 do
  local at, field = tables[byte(ARGV[2], p)], sub(ARGV[2], p + 1, p + 8)
  local bucket = call('HGET', at, field)
  local place = bucket and string.find(bucket, mine, 1, true)
  while place and place % 4 ~= 1 do place = string.find(bucket, mine, place + 1, true) end
  if place then
    local left = sub(bucket, 1, place - 1) .. sub(bucket, place + 4) -- with what stands after the seqs
    if left == '\1' then call('HDEL', KEYS[14], sub(ARGV[2], p, p + 8)) end
    if left == '' or left == '\1' then call('HDEL', at, field) else call('HSET', at, field, left) end
  end
end
call('HDEL', KEYS[3], mine)
call('HDEL', KEYS[5], mine)
for _, k in ipairs({ 8, 10, 11 }) do call('HDEL', KEYS[k], mine) end
if root then call('HDEL', KEYS[4], root) end
hdel(KEYS[9], beyond)
for _, id in ipairs(order) do
  local part = parts[id]
  local held = #part.holds > 0 and cmsgpack.pack(part.holds) or ''
  local further = concat(part.further)
  call('HSET', KEYS[4], id, pack('>I8I4', journal, #part.further) .. sub(further, 1, 4 * INLINE) .. held)
  put_beyond(KEYS[9], id, 0, sub(further, 4 * INLINE + 1))
  call('HDEL', KEYS[5], id)
  for _, s in ipairs(part.further) do call('HSET', KEYS[5], s, id .. tails[s]) end
end
hincrby(KEYS[6], open_change)
write_hints()
local fewer = math.max(#members - 1, 0) - (#rest - #order)
if fewer ~= 0 then call('HINCRBY', KEYS[1], 'joined', -fewer) end
if ARGV[6] == '' then
  call('HDEL', KEYS[2], event)
else
  local head = string.rep('\0', 8) .. char(CODE['suppressed/erased']) .. pack('>I8', journal) .. string.rep('\0', 28)
  call('HSET', KEYS[2], event, head .. ARGV[6])
end
call('HSET', KEYS[1], 'journal', journal)
local move = cmsgpack.pack({ ARGV[4], tonumber(ARGV[5]), root and number(root) or 0, '', '', hex(event) })
call('XADD', KEYS[7], string.format('%.0f-0', journal), string.format('%.0f', journal), 'm' .. move)
return { 'removed', #order, #rest }
