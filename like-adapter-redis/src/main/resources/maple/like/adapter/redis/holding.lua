-- Tells how relations are held, all of them at one moment. Changes nothing.
--
-- KEYS   1 relations  2 relations:pending  3 relations:unliked  4 batch  5 complete
-- ARGV   relations
-- Answer { complete (1/0), then for each relation: liked (1/0), what waits: 0 nothing, 1 a like, -1 an unlike, 2 both }
local answer = { redis.call('EXISTS', KEYS[5]) }
for _, relation in ipairs(ARGV) do
  local isPending = redis.call('SISMEMBER', KEYS[2], relation) == 1
  local isUnliked = redis.call('SISMEMBER', KEYS[3], relation) == 1
  local change
  if isPending or isUnliked then
    change = isPending and isUnliked and 2 or (isPending and 1 or -1)
  else
    change = tonumber(redis.call('HGET', KEYS[4], relation) or 0)
  end
  answer[#answer + 1] = redis.call('SISMEMBER', KEYS[1], relation)
  answer[#answer + 1] = change
end
return answer
