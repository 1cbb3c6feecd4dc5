-- decide: a person says of a lead under review whether it is the customer it resembles. Once; saying it again is known.
-- Keys and ARGV 1 to 4: alone.lua. ARGV 5 s same | a apart.
-- Reply: what came of it, the lead's entity now. unknown | under_way | not_review | settled (a later lead has answered it)
--   | known | otherwise (decided before) | gone (the other lead was removed: it cannot be the same) | told_apart (their
--   entities must not unite: split first) | same | apart.
-- Before it: shared, entities, lease, commit_turn, commit_unite, alone.
local what = ARGV[5]
if byte(value, 9) ~= CODE['review/unsure'] then return { 'not_review', 0 } end
local d = on_record()
local before, waits = call('HGET', KEYS[15], d.seq), call('HGET', KEYS[11], d.seq)
if before then return { sub(before, 5, 5) == what and 'known' or 'otherwise', number(root(d.seq)) } end
if not waits then return { 'settled', number(root(d.seq)) } end

local other = sub(waits, 17, 20)
ask(other)
load_asked()
local a, b = root(d.seq), root(other)
local gone = call('HEXISTS', KEYS[16], other) == 0
if what == 's' and gone then return { 'gone', number(a) } end
if what == 's' and apart_among({ a, b })[a .. b] then return { 'told_apart', number(a) } end

local this, waiting, e = { moved = {}, absorbed = '', suspended = {} }, { [d.seq] = false }, a
if what == 's' then
  if a ~= b then e = unite(a, b, this) end
  move('same', e, '', who, number(other))
  tail[d.seq] = (tail[d.seq] or '') .. other -- undo and split know what holds the entity together
  this.moved[d.seq] = true
  settle(e, waiting)
  for _, h in ipairs(this.suspended) do move('suspended', e, h[1], h[2], number(d.seq), lease_of(h)) end
  local h = holding(e, d.plan.scope)
  if h and h[6] == PROVISIONAL then give(d, e) end
else
  move('told_apart', a, '', who, number(other))
  if not gone then
    tell_apart(d.seq, other)
    renew(b)
  end
  give(d, a)
end
renew(e)

write_entities(this.moved)
write_waiting(waiting)
call('HSET', KEYS[15], d.seq, other .. what .. cmsgpack.pack({ at, who, why }))
write_effects()
return { what == 's' and 'same' or 'apart', number(e) }
