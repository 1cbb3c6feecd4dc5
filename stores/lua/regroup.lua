-- Part of remove and split: what is left of an entity when one lead goes.
-- The leads that remain hang together by what their own decisions joined; the smallest seq names a part. With `hub` those
-- that joined the lead that goes stay together: only what *it* had joined falls apart.
-- -> parts (seq -> { further members, holdings }), their seqs in order, a function: the part of a lead, the first part
local function regroup(rest, tails, hub)
  local parent = {}
  local function find(s)
    while parent[s] ~= s do s = parent[s] end
    return s
  end
  local function join(one, other)
    local a, b = find(one), find(other)
    if number(b) < number(a) then a, b = b, a end
    parent[b] = a
  end
  for _, s in ipairs(rest) do parent[s] = s end
  local follower
  for _, s in ipairs(rest) do
    for p = 1, #tails[s], 4 do
      local joined = sub(tails[s], p, p + 3)
      if parent[joined] then
        join(s, joined)
      elseif joined == hub then
        if follower then join(s, follower) end
        follower = s
      end
    end
  end
  local parts, order, keeper = {}, {}, nil
  for _, s in ipairs(rest) do
    local id = find(s)
    if not parts[id] then
      parts[id] = { further = {}, holds = {} }
      order[#order + 1] = id
      if not keeper or number(id) < number(keeper) then keeper = id end
    end
    if s ~= id then table.insert(parts[id].further, s) end
  end
  return parts, order, function(s) return parent[s] and find(s) end, keeper
end
