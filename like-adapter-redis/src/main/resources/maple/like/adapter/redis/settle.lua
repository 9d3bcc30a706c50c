-- Brings Redis in step with the last batch that the database stored: finishes it, if that was not done.
--
-- KEYS   1 buffer  2 batch  3 generation  4 relations  5 relations:pending  6 relations:unliked  7 absent
-- ARGV   1 generation of the partition in the database, and nothing else to ask whether Redis is in step
--        2 prefix of the keys of totals, then for each character that the batch changed: userIgn, change of like_count,
--        its sign inverted
-- Answer { 1 } Redis is in step
--        { 2 } it was asked only, and is not
--        { -1, generation } Redis knows of a later batch: nothing was done
--        { 0, { relation, '1' or '-1', … } } Redis is older than the database, and does not hold the batches between:
--        nothing was done. What follows is what it has waiting; rebuild.lua goes on from there.
local buffer, batch = KEYS[1], KEYS[2]
local generation = tonumber(ARGV[1])
local known = tonumber(redis.call('GET', KEYS[3]))
if known and known > generation then
  return { -1, known }
end

local number = tonumber(redis.call('HGET', batch, 'number'))
if #ARGV == 1 and (known ~= generation or number and number <= generation) then
  return { 2 }
end
if number == generation then
  for i = 3, #ARGV, 2 do
    if redis.call('HINCRBY', buffer, ARGV[i], ARGV[i + 1]) == 0 then
      redis.call('HDEL', buffer, ARGV[i])
    end
  end
  redis.call('UNLINK', batch)
elseif not number and not known then
  -- Redis was emptied while the batch was under way: totals that were computed before the commit lack it.
  for i = 3, #ARGV, 2 do
    redis.call('DEL', ARGV[2] .. ARGV[i])
  end
elseif (number or known) < generation then
  local waiting = {}
  local function add(members)
    for _, relation in ipairs(members) do
      if relation ~= 'number' and relation ~= 'journal' then
        waiting[#waiting + 1] = relation
        waiting[#waiting + 1] = redis.call('SISMEMBER', KEYS[4], relation) == 1 and '1' or '-1'
      end
    end
  end
  add(redis.call('HKEYS', batch))
  add(redis.call('SMEMBERS', KEYS[5]))
  add(redis.call('SMEMBERS', KEYS[6]))
  return { 0, waiting }
end
redis.call('SET', KEYS[3], generation)
return { 1 }
