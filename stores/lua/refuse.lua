-- refuse: the customer asked not to be called. It counts for all colleagues and scopes, until a time or (0) for ever.
-- Keys and reply: act.lua. Before it: shared, entities, lease, act.
if not place then return deny('unknown') end
local until_ms = act.until_ms > 0 and act.until_ms or -1
for i, h in ipairs(holdings(e)) do
  local other = lease_of(h)
  other.refused_ms = until_ms
  if i ~= place then holdings(e)[i] = holding_of(other) end
end
l.refused_ms = until_ms
return done('refuse', who)
