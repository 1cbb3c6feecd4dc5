-- Part of conflict and guard: who holds the values asked about, as the index knows at this moment. Writes nothing.
-- KEYS 1 counters, 2 journal, 3 records, 4 entities, 5 aliases, 6 contacts, 7 barred, 8 asker, 9 beyond, 10.. one bucket
--      table a kind. ARGV 1 match keys (9 bytes each), 2 kinds (a letter per bucket table), 3 '1': send records, to look closer,
--      4 customers from which on a value says nothing (a bucket that is full or blocked never says anything).
local RECORDS = 64 -- more are not looked at: so many customers behind one value say nothing anyway

-- -> how many of the keys are shared by too many, entities in order, entity -> leads that hold a key of these
local function holders()
  local tables, fields = {}, {}
  for k = 1, #ARGV[2] do tables[byte(ARGV[2], k)], fields[k] = k, {} end
  for p = 1, #ARGV[1], 9 do
    local list = fields[tables[byte(ARGV[1], p)]]
    list[#list + 1] = sub(ARGV[1], p + 1, p + 8)
  end
  local buckets, seqs, asked, shared = {}, {}, {}, 0
  for k = 1, #fields do
    for _, bucket in ipairs(hmget(KEYS[9 + k], fields[k])) do
      local flag = bucket and #bucket % 4 == 1 and byte(bucket, #bucket)
      if flag == 1 or flag == 2 then
        shared = shared + 1
      elseif bucket then
        local mine = flag and sub(bucket, 1, -2) or bucket
        buckets[#buckets + 1] = mine
        for p = 1, #mine, 4 do
          local s = sub(mine, p, p + 3)
          if not asked[s] then
            asked[s], seqs[#seqs + 1] = true, s
          end
        end
      end
    end
  end
  local root = {}
  for i, alias in ipairs(hmget(KEYS[5], seqs)) do root[seqs[i]] = alias and sub(alias, 1, 4) or seqs[i] end
  local order, leads, most = {}, {}, tonumber(ARGV[4])
  for _, bucket in ipairs(buckets) do
    local here, count = {}, 0
    for p = 1, #bucket, 4 do
      local e = root[sub(bucket, p, p + 3)]
      if e ~= NOBODY and not here[e] then here[e], count = true, count + 1 end
    end
    if count >= most then
      shared = shared + 1
    else
      for p = 1, #bucket, 4 do
        local s = sub(bucket, p, p + 3)
        local e = root[s]
        if e ~= NOBODY then
          if not leads[e] then leads[e], order[#order + 1] = {}, e end
          leads[e][s] = true
        end
      end
    end
  end
  return shared, order, leads
end

-- What the caller is told: shared, (entity 4, version 8, leads that hold a key 4 each) and holdings of each entity, then the
-- seqs and records of those leads. -> reply, values of the entities (false: its lead is under way)
local function told(shared, order, leads)
  local stored, names, held, seqs = hmget(KEYS[4], order), {}, {}, {}
  for i, e in ipairs(order) do
    local version, holds = NEVER, ''
    if stored[i] then
      local _
      version, _, holds = entity_parts(stored[i])
    end
    local mine = {}
    for s in pairs(leads[e]) do mine[#mine + 1] = s end
    names[i], held[i] = e .. version .. concat(mine), holds
    if ARGV[3] == '1' then
      for _, s in ipairs(mine) do seqs[#seqs + 1] = #seqs < RECORDS and s or nil end
    end
  end
  return { shared, names, held, concat(seqs), hmget(KEYS[3], seqs) }, stored
end
