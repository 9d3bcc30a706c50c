-- Forgets everything but the changes that wait: Redis is behind the database, and what it knows of the rest is
-- out of date. To be called under the partition's row lock, after settle.lua and after all totals were dropped.
--
-- KEYS   1 relations  2 relations:pending  3 relations:unliked  4 buffer  5 batch  6 generation  7 complete  8 warmup  9 absent
-- ARGV   1 generation of the partition in the database  2 how many relations follow, then for each relation that waits:
--        relation, '1' or '-1', then for each character: userIgn, what these change of what the database holds
-- Answer { 1 }, or { 0 } where something else waits by now, and nothing was done
-- Effect those relations wait anew; the rest is unknown until it is copied back.
local relations, pending, unliked, buffer, batch = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local last = 2 + 2 * tonumber(ARGV[2])

local given = {}
for i = 3, last, 2 do
  given[ARGV[i]] = ARGV[i + 1]
end
local function covered(members)
  for _, relation in ipairs(members) do
    local state = redis.call('SISMEMBER', relations, relation) == 1 and '1' or '-1'
    if relation ~= 'number' and relation ~= 'journal' and given[relation] ~= state then
      return false
    end
  end
  return true
end
if not (covered(redis.call('HKEYS', batch)) and covered(redis.call('SMEMBERS', pending))
    and covered(redis.call('SMEMBERS', unliked))) then
  return { 0 }
end

redis.call('UNLINK', relations, pending, unliked, buffer, batch, KEYS[7], KEYS[8])
for relation, state in pairs(given) do
  if state == '1' then
    redis.call('SADD', relations, relation)
    redis.call('SADD', pending, relation)
  else
    redis.call('SADD', unliked, relation)
  end
end
for i = last + 1, #ARGV, 2 do
  if ARGV[i + 1] ~= '0' then
    redis.call('HINCRBY', buffer, ARGV[i], ARGV[i + 1])
  end
end
redis.call('SET', KEYS[6], ARGV[1])
return { 1 }
