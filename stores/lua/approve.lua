-- approve: a leader accepts a report; protection begins. Keys and reply: act.lua. Before it: shared, entities, lease, act.
if not terms.leader then return deny('not_leader') end
if l.stage ~= 'reported' then return deny('no_change') end
if l.owner == act.actor then return deny('party') end
l.stage, l.until_ms = nil, terms.protect_ms > 0 and now + terms.protect_ms or 0
return done('approve', l.owner)
