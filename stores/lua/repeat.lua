-- repeat: writes of the journal made again, in their order (stores/rebuild.py).
-- KEYS 1 counters (they name the tenant). ARGV 1 the tag of the tenant, 2.. writes as lua/logged.lua packs them. Reply: how many.
local done = 0
for i = 2, #ARGV do
  local writes, at = ARGV[i], 1
  while at <= #writes do
    local words = {}
    local count = unpack_of('>H', writes, at)
    at = at + 2
    for w = 1, count do
      local length = unpack_of('>I4', writes, at)
      words[w] = sub(writes, at + 4, at + 3 + length)
      at = at + 4 + length
    end
    words[2] = ARGV[1] .. words[2]
    call(unpack(words))
    done = done + 1
  end
end
return done
