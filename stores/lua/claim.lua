-- claim: a member takes a customer from the pool. Keys and reply: act.lua. Before it: shared, entities, lease, act, take.
if l.owner == who then return deny('no_change') end
if l.pool == '' or (act.pool ~= '' and act.pool ~= l.pool) then return deny('not_in_pool') end
local hindered = hindrance()
if hindered then return deny(hindered) end
take()
return done('claim', who, true)
