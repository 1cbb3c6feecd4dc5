-- apart: a person said that two leads are different customers; commit will never unite them again.
-- KEYS 1 counters, 2 entities, 3 aliases, 4 journal, 5 apart
-- ARGV 1 seq4, 2 seq4, 3 at_ms, 4 who decided
-- Reply: apart | one_entity (they are united already, nothing written) | known (said before).
-- Both entities get a new version, so that a decision under way that looked at them is judged again.
local first, second = ARGV[1], ARGV[2]
local function root(s)
  local alias = call('HGET', KEYS[3], s)
  return alias and sub(alias, 1, 4) or s
end
local a, b = root(first), root(second)
if a == b then return 'one_entity' end
local apart = { call('HGET', KEYS[5], first) or '', call('HGET', KEYS[5], second) or '' }
for p = 1, #apart[1], 4 do
  if sub(apart[1], p, p + 3) == second then return 'known' end
end
local journal = tonumber(call('HGET', KEYS[1], 'journal') or 0) + 1
for _, id in ipairs({ a, b }) do
  local stored = call('HGET', KEYS[2], id)
  local rest = stored and sub(stored, 9) or '\0\0\0\0'
  call('HSET', KEYS[2], id, pack('>I8', journal) .. rest)
end
call('HSET', KEYS[5], first, apart[1] .. second, second, apart[2] .. first)
call('HSET', KEYS[1], 'journal', journal)
local number_, move = string.format('%.0f', journal), cmsgpack.pack({ 'told_apart', tonumber(ARGV[3]), number(a), '', ARGV[4], '' })
call('XADD', KEYS[4], number_ .. '-0', number_, 'm' .. move)
return 'apart'
