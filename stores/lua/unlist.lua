-- unlist: forget contacts of leads and of match keys. KEYS 1 counters, 2 contacts. ARGV 1.. fields. Reply: how many there were.
local gone = 0
for i = 1, #ARGV do gone = gone + call('HDEL', KEYS[2], ARGV[i]) end
return gone
