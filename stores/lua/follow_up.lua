-- follow_up: somebody was in touch with the customer. Evidence by the owner renews his lease and makes him its owner for good;
-- evidence by somebody else on a customer in a pool is a claim; everything else is on record and changes nothing.
-- Whoever it was and whatever came of it, the customer was contacted: that counts for all colleagues (KEYS 17 contacts).
-- Keys and reply: act.lua. Before it: shared, entities, lease, act, take, moments.
if act.kind ~= 'note' then note_contact(KEYS[17], seq, act.at_ms, 0) end
if act.kind ~= 'mail' and act.kind ~= 'visit' and not (act.kind == 'call' and act.seconds >= terms.call_s) then
  return noted('no_evidence')
end
if l.owner ~= '' and l.owner ~= who then return noted('') end
if act.at_ms < l.since_ms then return deny('earlier') end
local given = l.owner == ''
if given then
  local hindered = hindrance()
  if hindered then return deny(hindered) end
  take()
end
l.touched_ms, l.answer_ms = math.max(l.touched_ms, act.at_ms), nil
if l.stage ~= 'reported' then
  l.stage = 'owned'
  if terms.protect_ms > 0 then l.until_ms = math.max(l.until_ms, l.touched_ms + terms.protect_ms) end
end
return done(given and 'claim' or 'follow_up', who, given)
