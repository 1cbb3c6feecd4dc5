-- Part of register: what it was given, and a number for each event. Keys and units: register.lua.
local events, sizes, keys, kinds = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local cap, top, most = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local n = #sizes
-- After the seqs of a bucket: it was full when last examined; a person blocked it; it has a cap of its own.
local FULL, BLOCKED, RESTORED = '\1', '\2', '\3'
local EXAMINE = 16 -- a full bucket is examined again by every so many batches: its entities may have united

-- Upper-case and lower-case kinds are keys of two versions: only those in force are kept, and nobody may leave one out.
local in_force = call('HGET', KEYS[1], 'keys')
for case in string.gmatch(in_force or '', '%u') do
  if ARGV[11] ~= '' and not string.find(ARGV[11], case, 1, true) then return redis.error_reply('KEYS of another version') end
end

-- 1. numbers: an event keeps the one it has
local event = {}
for i = 1, n do event[i] = sub(events, 16 * i - 15, 16 * i) end
local on_record = hmget(KEYS[2], event)
local highest = tonumber(call('HGET', KEYS[1], 'seq') or 0)
local seq, fresh, outcomes, given = {}, {}, {}, {}
local new_events, new_records, replayed, from = {}, {}, false, 1
for i = 1, n do
  local value, length = on_record[i], unpack_of('>I4', ARGV[9], 4 * i - 3)
  if ARGV[12] == '1' then
    seq[i], replayed = sub(event[i], 13), true
    on_record[i] = call('HEXISTS', KEYS[3], seq[i]) == 0 -- removed meanwhile: it has no keys any more
  elseif value then
    seq[i] = sub(value, 1, 4)
    if #value > 4 then
      outcomes[#outcomes + 1] = i
      outcomes[#outcomes + 1] = value
      on_record[i] = true
    else
      on_record[i], replayed = false, true
    end
  elseif given[event[i]] then
    seq[i], replayed = given[event[i]], true
  else
    highest = highest + 1
    local mine = pack('>I4', highest)
    seq[i], fresh[i], given[event[i]] = mine, true, mine
    local at = #new_events
    new_events[at + 1], new_events[at + 2] = event[i], mine
    new_records[at + 1], new_records[at + 2] = mine, sub(ARGV[10], from, from + length - 1)
  end
  from = from + length
end
local examine = replayed or highest % (EXAMINE * n) < n
