-- transfer: a customer passes to another member, by its owner or a leader. Keys and reply: act.lua.
-- Before it: shared, entities, lease, act, take.
if l.owner == who then return deny('no_change') end
if not terms.leader and (l.owner == '' or l.owner ~= act.actor) then return deny('not_owner') end
if disputed then return deny('suspended') end
if l.locked_ms > now then return deny('locked') end
if full() then return deny('holding_cap') end
local home = l.home
give()
if home ~= '' then l.home = home end
return done('transfer', who, true)
