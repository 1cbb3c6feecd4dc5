-- register: number each event once, put its keys in the index, answer which entities share a key and what they are.
-- KEYS 1 counters, 2 events, 3 records, 4 entities, 5 aliases, 6 demoted, 7.. one bucket table a kind
-- ARGV 1 events (16 bytes each), 2 number of keys (1 byte a lead), 3 match keys (9 bytes each), 4 kinds (a letter per
--      bucket table), 5 cap (entities a bucket may hold), 6 top (candidate entities a lead), 7 most (members a view),
--      8 '1': send records, 9 lengths of the records (4 bytes each), 10 the records, 11 the cases of key this client
--      makes (U, L or both; '' does not say), 12 '1': rekey, the events are 12 NUL and the seq of a lead on record,
--      13 weak kinds, 14 those of them that tell an account, 15 holders that make a weak key common, 16 how many of
--      a common account are told of all the same (leads/commonness.py)
-- Reply: per lead seq4 entity4 candidates1 (first seq4 entity4 mask8)* and a signed byte a key (how many other entities
--      hold it, -1 full, of one that a person restored -2 less that number); views of one lead id4 version8, none of who
--      shares but one common value; views of more id4 version8 size4 listed1 seq4*; seqs of the records; records; index, outcome, ...;
--      highest seq, joined.
-- In front of it, in this order: shared, register_numbers, register_buckets.
-- Where my seq stands in a bucket: bytes before it, and whether it is in it.
local function place(value, mine)
  local p = string.find(value, mine, 1, true)
  while p and p % 4 ~= 1 do p = string.find(value, mine, p + 1, true) end
  if p then return p - 1, true end
  local me, before = number(mine), 0
  while before < #value and number(sub(value, before + 1, before + 4)) < me do before = before + 4 end
  return before, false
end

local weak, accounts, common_at, few = ARGV[13] or '', ARGV[14] or '', tonumber(ARGV[15] or 0), tonumber(ARGV[16] or 0)
local UNDER_WAY = 4096
-- Whether who shares this key alone is left out of the views: twice as many hold it as judging asks for, and young leads do not
-- count, for they may be under way and all one customer's: what is judged must not depend on what is committed just then.
local function is_common(key, value, before, mine)
  if before < 8 * common_at or flag[key] == RESTORED or not string.find(weak, sub(key, 1, 1), 1, true) then return false end
  local seen, n, young = {}, 0, number(mine) - UNDER_WAY
  for p = 1, before, 4 do
    local s = sub(value, p, p + 3)
    if number(s) >= young then break end
    local e = alias[s] or s
    if not seen[e] then seen[e], n = true, n + 1 end
  end
  return n >= 2 * common_at
end

-- 4. lead by lead in order, so that a twin in the same batch is seen
local reply, listed, view_of, hits = {}, {}, {}, {}
for i = 1, n do
  if on_record[i] == true then
    reply[#reply + 1] = seq[i] .. alias[seq[i]] .. '\0' .. string.rep('\0', byte(sizes, i))
  else
    local mine = seq[i]
    local own = alias[mine] or mine
    local candidate, order, counts = {}, {}, {}
    local keys_here = byte(sizes, i)
    for k = 1, keys_here do
      local key = key_of[start[i] + k]
      local value = bucket[key]
      local before, within = #value, false
      if not fresh[i] then before, within = place(value, mine) end
      if value == '' and not full[key] then
        counts[k], bucket[key], changed[key] = 0, mine, true
      elseif full[key] and (not within or flag[key] == BLOCKED) then
        counts[k] = -1
      else
        local others = 0
        local common = is_common(key, value, before, mine)
        local told = common and (string.find(accounts, sub(key, 1, 1), 1, true) and 2 * few or 0) or math.huge
        for p = 1, before, 4 do
          local s = sub(value, p, p + 3)
          local e = alias[s] or s
          local c = candidate[e]
          if not c then
            c = { entity = e, first = s, mask = 0, score = 0, at = #order + 1 }
            candidate[e], order[c.at] = c, c
          end
          if c.counted ~= k then
            c.counted, c.mask = k, c.mask + 2 ^ (k - 1)
            c.score = c.score + 1 + (keys_here - k) / 1000 -- more keys, then stronger ones
            told = told - 1
            c.told = c.told or told >= 0
            if e ~= own then others = others + 1 end
          end
          if e ~= s then
            local hit = hits[e]
            if not hit then
              hit = {}
              hits[e] = hit
            end
            hit[s] = true
            if s ~= c.first and number(s) < number(c.first) then c.first = s end
          else
            c.first = s
          end
        end
        counts[k] = others
        if not within then
          bucket[key] = before == #value and value .. mine or sub(value, 1, before) .. mine .. sub(value, before + 1)
          changed[key] = true
        end
      end
    end
    if #order > top then
      table.sort(order, function(a, b)
        if a.score ~= b.score then return a.score > b.score end
        return a.at < b.at
      end)
      -- Leads under way may all be one customer: those that nobody gets to see count for nothing, or a customer who
      -- comes fifty times in one batch would make his own number look shared.
      for c = top + 1, #order do want(order[c].entity) end
      load_wanted()
      for c = top + 1, #order do
        local mask = order[c].mask
        for k = 1, entity[order[c].entity] and 0 or keys_here do
          if math.floor(mask / 2 ^ (k - 1)) % 2 == 1 then counts[k] = counts[k] - 1 end
        end
      end
    end
    local shown = math.min(#order, top)
    reply[#reply + 1] = mine .. own .. char(shown)
    for c = 1, shown do
      local e = order[c].entity
      reply[#reply + 1] = order[c].first .. e .. pack('>I8', order[c].mask)
      if not view_of[e] and (order[c].told or order[c].score >= 2) then
        view_of[e] = true
        listed[#listed + 1] = e
        want(e)
      end
    end
    if not fresh[i] and not view_of[own] then
      view_of[own] = true
      listed[#listed + 1] = own
      want(own)
    end
    for k = 1, keys_here do
      if counts[k] < 0 then counts[k] = 255
      elseif flag[key_of[start[i] + k]] == RESTORED then counts[k] = 254 - math.min(counts[k], 126)
      else counts[k] = math.min(counts[k], 127) end
    end
    reply[#reply + 1] = char(unpack(counts))
  end
end

-- 5. what those entities are; one that nothing happened to yet has version 0 and itself alone
load_wanted()
local singles, views, seqs, in_batch, sent = {}, {}, {}, {}, {}
for i = 1, n do
  if fresh[i] then in_batch[seq[i]] = true end
end
local function send(s)
  if not in_batch[s] and not sent[s] then
    sent[s] = true
    seqs[#seqs + 1] = s
  end
end
for i = 1, #listed do
  local id = listed[i]
  local value = entity[id]
  if value then
    local version, rest, _, further = entity_parts(value)
    local size, members = 1 + further, id .. rest
    if size == 1 then singles[#singles + 1] = id .. version end
    if size > most then
      local picked, taken = {}, {}
      local function take(s)
        if #picked < most and not taken[s] then
          taken[s] = true
          picked[#picked + 1] = s
        end
      end
      local hit = hits[id] or {}
      for p = 1, #members, 4 do
        local s = sub(members, p, p + 3)
        if hit[s] then take(s) end
      end
      local far = {}
      for s in pairs(hit) do
        if further > INLINE and not taken[s] then far[#far + 1] = s end
      end
      table.sort(far, function(a, b) return number(a) < number(b) end)
      for _, s in ipairs(far) do take(s) end
      for p = 1, #members, 4 do take(sub(members, p, p + 3)) end
      members = concat(picked)
    end
    if size > 1 then views[#views + 1] = id .. version .. pack('>I4', size) .. char(#members / 4) .. members end
    for p = 1, #members, 4 do send(sub(members, p, p + 3)) end
  else
    singles[#singles + 1] = id .. NEVER
    send(id)
  end
end
local records = {}
if ARGV[8] == '1' then records = hmget(KEYS[3], seqs) end

-- 6. write
if #new_events > 0 then
  hset(KEYS[2], new_events)
  hset(KEYS[3], new_records)
  call('HSET', KEYS[1], 'seq', highest)
end
for k = 1, #kinds do
  local writes, names, fields = {}, names_of[k], fields_of[k]
  for i = 1, kept_kind(k) and #names or 0 do
    if changed[names[i]] then
      writes[#writes + 1] = fields[i]
      writes[#writes + 1] = bucket[names[i]] .. (flag[names[i]] or '')
    end
  end
  hset(KEYS[6 + k], writes)
end
hset(KEYS[6], demoted)
hdel(KEYS[6], undemoted)
return { concat(reply), concat(singles), concat(views), concat(seqs), records, outcomes, highest, tonumber(call('HGET', KEYS[1], 'joined') or 0) }
