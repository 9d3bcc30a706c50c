-- Imposes what the database decided while Redis was away. To be called under the partition's row lock, after settle.lua.
--
-- KEYS   1 relations  2 relations:pending  3 relations:unliked  4 buffer  5 batch  6 generation  7 complete  8 absent
-- ARGV   1 generation of the partition in the database  2 number of the last entry of the journal that is imposed
--        3 prefix of the keys of totals, then for each relation: relation, userIgn, liked (1/0), what the database
--        changed of like_count for it
-- Answer { number of the batch that stands for the journal }, or { -1, generation } where Redis is no longer as
--        settle.lua left it, or knows of later entries: the lock was lost
-- Effect each relation has that state and waits for the database, as does what was claimed before. The buffer counts the
--        difference to what Redis had; where Redis did not know, what the database changed, which the deltas take off.
local relations, pending, unliked, buffer, batch = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local generation, lastEntry = tonumber(ARGV[1]), tonumber(ARGV[2])
local complete = redis.call('EXISTS', KEYS[7]) == 1

local known = tonumber(redis.call('GET', KEYS[6])) or -1
local imposed = tonumber(redis.call('HGET', batch, 'journal'))
if known ~= generation or (imposed and imposed > lastEntry) then
  return { -1, known }
end

-- Nothing of what was claimed has been stored: it waits again, as it is by now.
local number = tonumber(redis.call('HGET', batch, 'number'))
for _, relation in ipairs(redis.call('HKEYS', batch)) do
  if relation ~= 'number' and relation ~= 'journal' then
    local isLiked = redis.call('SISMEMBER', relations, relation) == 1
    redis.call('SADD', isLiked and pending or unliked, relation)
  end
end
redis.call('DEL', batch)
if not number then
  number = generation + 1
elseif not imposed then
  number = generation + 2 -- so that a Redis that goes back to the claim does not take it for this
end
redis.call('HSET', batch, 'number', number, 'journal', lastEntry)

for i = 4, #ARGV, 4 do
  local relation, ign, liked = ARGV[i], ARGV[i + 1], ARGV[i + 2] == '1'
  local change = tonumber(ARGV[i + 3])
  local isLiked = redis.call('SISMEMBER', relations, relation) == 1
  if isLiked or complete or redis.call('SISMEMBER', unliked, relation) == 1 then
    change = (liked and 1 or 0) - (isLiked and 1 or 0)
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
  redis.call('DEL', ARGV[3] .. ign)
end
return { number }
