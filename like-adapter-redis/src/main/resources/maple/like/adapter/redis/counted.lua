-- Tells the totals of characters and what is buffered of them, all at one moment. Changes nothing.
--
-- KEYS   1 buffer, then for each character: count:<userIgn>
-- ARGV   for each character: userIgn
-- Answer { for each character: what is buffered, total or '' }
local answer = {}
for i, ign in ipairs(ARGV) do
  answer[#answer + 1] = redis.call('HGET', KEYS[1], ign) or '0'
  answer[#answer + 1] = redis.call('GET', KEYS[i + 1]) or ''
end
return answer
