-- Part of commit: values that only one customer of a scope may have (d.taken: how, leads with the same value, the outcome's body).
-- The others as they are now: entity -> one of these leads. None when a customer whom the lead is united with has the value: then
-- nobody new has it.
local function others_of(d, e, seqs)
  local mine, found = { [e] = true }, {}
  if d.kind == SAME then
    for p = 1, #d.joins, 4 do mine[root(sub(d.joins, p, p + 3))] = true end
  end
  for _, s in ipairs(seqs) do
    local r = root(s)
    if mine[r] then return {} end
    if r ~= NOBODY then found[r] = found[r] or s end
  end
  return found
end

-- A lead whose value somebody has who is being decided himself waits: his scope is not known yet. He came first, so nobody
-- waits for himself.
local function waits_for(d)
  for _, rule in ipairs(d.taken or {}) do
    for r in pairs(others_of(d, root(d.seq), rule[2])) do
      if open_entity(r).version == NEVER then return true end
    end
  end
end

-- -> the first rule that holds in the lead's scope, and leads of those who have its value, in order. A lead that others have
-- joined meanwhile cannot be turned away.
local function clash(d, e)
  for _, rule in ipairs(d.taken or {}) do
    local there, found = '', others_of(d, e, rule[2])
    for _, s in ipairs(rule[2]) do
      local r = root(s)
      if found[r] == s and holding(r, d.plan.scope) then there = there .. s end
    end
    if there ~= '' and (rule[1] ~= 'refuse' or (e == d.seq and #members_of(e) == 4)) then return rule, there end
  end
end
