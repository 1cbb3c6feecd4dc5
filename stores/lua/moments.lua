-- Part of contact and follow_up: when somebody was in touch with a customer, under a lead's seq (merges carry it along) or a match
-- key: refused until 8, then the moments of the last contacts 8 each (ms), oldest first.
local MOMENTS = 64

-- Note a contact at `at`, or with `refused_ms` above 0 that none is wanted until then. -> whether it was not known before
local function note_contact(key, field, at, refused_ms)
  local kept, moment = call('HGET', key, field) or NEVER, pack('>I8', at)
  local until_ms, moments = unpack_of('>I8', kept), sub(kept, 9)
  if refused_ms > 0 then
    if until_ms >= refused_ms then return false end
    until_ms = refused_ms
  else
    for p = 1, #moments, 8 do
      if sub(moments, p, p + 7) == moment then return false end
    end
    moments = sub(moments .. moment, -8 * MOMENTS)
  end
  call('HSET', key, field, pack('>I8', until_ms) .. moments)
  return true
end
