-- Toggles a relation as in the source documents.
--
-- KEYS   1 relations  2 pending  3 buffer  4 unliked
-- ARGV   1 relation  2 userIgn
-- Reply  { 1 or -1, delta not yet in the database }
local relation, ign = ARGV[1], ARGV[2]

if redis.call('SISMEMBER', KEYS[1], relation) == 1 then
  redis.call('SREM', KEYS[1], relation)
  redis.call('SREM', KEYS[2], relation)
  redis.call('SADD', KEYS[4], relation)
  return { -1, redis.call('HINCRBY', KEYS[3], ign, -1) }
end

redis.call('SADD', KEYS[1], relation)
redis.call('SADD', KEYS[2], relation)
redis.call('SREM', KEYS[4], relation)
return { 1, redis.call('HINCRBY', KEYS[3], ign, 1) }
