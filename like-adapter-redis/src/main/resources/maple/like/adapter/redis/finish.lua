-- Takes off the buffer what the database now holds, and forgets the batch.
--
-- KEYS   1 buffer  2 batch  3 generation
-- ARGV   1 number of the batch  2 prefix of the keys of totals, then for each character: userIgn, change of like_count
-- Answer { 1 }, or { 0 } where it is no longer that batch and the buffer was left as it is
local number = tonumber(ARGV[1])
local batch = tonumber(redis.call('HGET', KEYS[2], 'number'))
if batch ~= number then
  -- Redis was emptied while the batch was under way: totals that were computed before the commit lack it.
  if not batch and tonumber(redis.call('GET', KEYS[3]) or 0) < number then
    for i = 3, #ARGV, 2 do
      redis.call('DEL', ARGV[2] .. ARGV[i])
    end
    redis.call('SET', KEYS[3], number)
  end
  return { 0 }
end
for i = 3, #ARGV, 2 do
  if redis.call('HINCRBY', KEYS[1], ARGV[i], -tonumber(ARGV[i + 1])) == 0 then
    redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[3], number)
return { 1 }
