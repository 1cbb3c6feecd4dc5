-- conflict: is it taken? One step: the asker's turn, the answer, the note that he has asked.
-- KEYS and ARGV 1 to 4: holders.lua. ARGV 5 at_ms, 6 who asks, 7 scope, 8 digest of what is asked (hex), 9 questions a second,
--      10 questions at once, 11 different questions in a window after which finding little is fishing, 12 the window (ms).
-- Reply: 'wait', ms until it may be asked again, fishing (0 or 1) | 'told', fishing, what holders.lua tells.
-- Of the asker is kept: level of his bucket and since when, when his window began, hits, and every digest of the window.
local asker, at, window = KEYS[8], tonumber(ARGV[5]), tonumber(ARGV[12])
local rate, burst = tonumber(ARGV[9]), tonumber(ARGV[10])
local level, since, began, hits = unpack(hmget(asker, { 'level', 'since', 'began', 'hits' }))
level, since, began, hits = tonumber(level or burst), tonumber(since or at), tonumber(began or at), tonumber(hits or 0)
if at - began >= window then
  call('DEL', asker)
  began, hits = at, 0
end
local different = math.max(call('HLEN', asker) - 4, 0)
local fishing = different >= tonumber(ARGV[11]) and 5 * hits < different
if fishing then rate = rate / 10 end
level = math.min(burst, level + math.max(0, at - since) / 1000 * rate)
local function keep()
  call('HSET', asker, 'level', string.format('%.6f', level), 'since', at, 'began', began, 'hits', hits)
  call('PEXPIRE', asker, window)
end
if level < 1 then
  keep()
  return { 'wait', math.ceil((1 - level) / rate * 1000), fishing and 1 or 0 }
end
level = level - 1

local shared, order, leads = holders()
local reply = told(shared, order, leads)
if call('HEXISTS', asker, ARGV[8]) == 0 and (shared > 0 or #order > 0) then hits = hits + 1 end
keep()
call('HSET', asker, ARGV[8], '')
local journal = call('HINCRBY', KEYS[1], 'journal', 1)
local name = string.format('%.0f', journal)
local about = #order == 1 and number(order[1]) or 0
call('XADD', KEYS[2], name .. '-0', name, 'm' .. cmsgpack.pack({ 'asked', at, about, ARGV[7], ARGV[6], ARGV[8] }))
return { 'told', fishing and 1 or 0, reply }
