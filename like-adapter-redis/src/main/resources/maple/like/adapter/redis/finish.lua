-- Takes off the buffer what the database now holds, and forgets the batch.
--
-- KEYS   1 buffer  2 batch  3 generation
-- ARGV   1 number of the batch, then for each character: userIgn, change of like_count
-- Answer { 1 }, or { 0 } where it is no longer that batch and nothing was done
if tonumber(redis.call('HGET', KEYS[2], 'number')) ~= tonumber(ARGV[1]) then
  return { 0 }
end
for i = 2, #ARGV, 2 do
  if redis.call('HINCRBY', KEYS[1], ARGV[i], -tonumber(ARGV[i + 1])) == 0 then
    redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[3], ARGV[1])
return { 1 }
