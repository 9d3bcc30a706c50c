-- Tells all that waits for the database, what is claimed included, and what is counted for it. Changes nothing.
--
-- KEYS   1 relations  2 relations:pending  3 relations:unliked  4 buffer  5 batch
-- ARGV   1 how many of each at most
-- Answer { 1, { relation, '1' or '-1', … }, { userIgn, delta, … } }, or { 0 } where there is more
local limit = tonumber(ARGV[1])
if redis.call('SCARD', KEYS[2]) + redis.call('SCARD', KEYS[3]) + redis.call('HLEN', KEYS[5]) > limit
    or redis.call('HLEN', KEYS[4]) > limit then
  return { 0 }
end
local waiting, seen = {}, { number = true, journal = true }
local function add(members)
  for _, relation in ipairs(members) do
    if not seen[relation] then
      seen[relation] = true
      waiting[#waiting + 1] = relation
      waiting[#waiting + 1] = redis.call('SISMEMBER', KEYS[1], relation) == 1 and '1' or '-1'
    end
  end
end
add(redis.call('HKEYS', KEYS[5]))
add(redis.call('SMEMBERS', KEYS[2]))
add(redis.call('SMEMBERS', KEYS[3]))
return { 1, waiting, redis.call('HGETALL', KEYS[4]) }
