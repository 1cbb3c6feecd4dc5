-- release: a customer goes back to a pool. Whoever asks, the one who had it is its owner. Keys and reply: act.lua.
-- Before it: shared, entities, lease, act.
if l.owner == '' then return deny('no_change') end
if l.owner ~= act.actor and not terms.leader then return deny('not_owner') end
if disputed then return deny('suspended') end
local owner = l.owner
to_pool(l, act.pool ~= '' and act.pool or home_of(l), 'released', now, journal + 1)
return done('release', owner, true)
