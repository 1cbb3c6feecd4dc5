-- report: announce a customer that nobody has, or that waits in a pool. Where the policy asks for it a leader has yet to approve.
-- Keys and reply: act.lua. Before it: shared, entities, lease, act, take.
if l.owner == who then return deny('no_change') end
if l.owner ~= '' then return deny('taken') end
local hindered = hindrance()
if hindered then return deny(hindered) end
take()
if terms.approval_ms > 0 and not terms.leader then l.stage, l.until_ms = 'reported', now + terms.approval_ms end
return done('report', who, true)
