-- mark: lock, exempt, opportunity, close, reopen: what is said of a customer, and who may say it. Keys and reply: act.lua.
-- Before it: shared, entities, lease, act.
if not place then return deny('unknown') end
if act.what == 'lock' or act.what == 'exempt' then
  if not terms.leader then return deny('not_leader') end
elseif l.owner ~= act.actor and not terms.leader then
  return deny('not_owner')
end
local NAMES = { lock = 'locked_ms', exempt = 'exempt_ms', opportunity = 'opportunity', close = 'closed', reopen = 'closed' }
local SAYS = { lock = act.until_ms, exempt = act.until_ms, opportunity = act.kind, close = true, reopen = false }
local name, says = NAMES[act.what], SAYS[act.what]
if l[name] == says then return deny('no_change') end
count(l, -1)
l[name] = says
count(l, 1)
return done(act.what, l.owner)
