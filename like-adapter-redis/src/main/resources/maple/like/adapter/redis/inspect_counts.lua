-- Tells the totals of characters and what is buffered of them, all at one moment. Changes nothing.
--
-- KEYS   then for each character: count:<userIgn>
-- ARGV   for each character: userIgn
-- Answer { for each character: what is buffered, total or '' }
local answer = {}
for i, ign in ipairs(ARGV) do
  answer[#answer + 1] = call('HGET', BUFFER, ign) or '0'
  answer[#answer + 1] = call('GET', KEYS[FIXED_KEYS + i]) or ''
end
return answer
