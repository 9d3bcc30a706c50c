-- Imposes what the database decided while Redis was away. To be called under the partition's row lock, after finish.lua.
--
-- KEYS   1 relations  2 relations:pending  3 relations:unliked  4 buffer  5 batch  6 generation  7 complete
-- ARGV   1 generation of the partition in the database  2 prefix of the keys of totals, then for each relation:
--        relation, userIgn, liked (1/0), what the database changed of like_count for it
-- Answer { number of the batch, { relation, '1' or '-1', … } }: what was claimed before and is not overruled
-- Effect each relation has that state, waits for the database, and is in no batch. The buffer counts the difference to
--        what Redis had; where Redis did not know, what the database changed, which the deltas take off again.
local relations, pending, unliked, buffer, batch = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local complete = redis.call('EXISTS', KEYS[7]) == 1

for i = 3, #ARGV, 4 do
  local relation, ign, liked = ARGV[i], ARGV[i + 1], ARGV[i + 2] == '1'
  local known = nil
  if redis.call('SISMEMBER', relations, relation) == 1 then
    known = true
  elseif complete or redis.call('SISMEMBER', unliked, relation) == 1 then
    known = false
  else
    local claimed = redis.call('HGET', batch, relation)
    if claimed then
      known = claimed == '1'
    end
  end
  local change = tonumber(ARGV[i + 3])
  if known ~= nil then
    change = (liked and 1 or 0) - (known and 1 or 0)
  end
  if change ~= 0 then
    redis.call('HINCRBY', buffer, ign, change)
  end
  if liked then
    redis.call('SADD', relations, relation)
    redis.call('SADD', pending, relation)
    redis.call('SREM', unliked, relation)
  else
    redis.call('SREM', relations, relation)
    redis.call('SREM', pending, relation)
    redis.call('SADD', unliked, relation)
  end
  redis.call('HDEL', batch, relation)
  redis.call('DEL', ARGV[2] .. ign)
end

redis.call('SET', KEYS[6], ARGV[1])
redis.call('HSETNX', batch, 'number', tonumber(ARGV[1]) + 1)
local entries = {}
local all = redis.call('HGETALL', batch)
for i = 1, #all, 2 do
  if all[i] ~= 'number' then
    entries[#entries + 1] = all[i]
    entries[#entries + 1] = all[i + 1]
  end
end
return { tonumber(redis.call('HGET', batch, 'number')), entries }
