-- Adds a page of relations that the database holds. To be called under the partition's row lock.
--
-- KEYS   1 relations  2 relations:unliked  3 batch  4 generation  5 complete  6 warmup  7 absent
-- ARGV   1 generation of the partition, read under the same lock  2 cursor of the page  3 cursor of the next page
--        4 whether this is the last page (1/0), then the relations
-- Answer { 1 }, or { 0 } where the page is not the one that is missing, and nothing was done
-- Effect the relations are members of relations, save those that were unliked since; after the last page complete is set
local generation = tonumber(ARGV[1])
local finished = tonumber(redis.call('GET', KEYS[4]))
if redis.call('EXISTS', KEYS[5]) == 1
    or tonumber(redis.call('GET', KEYS[6]) or 0) ~= tonumber(ARGV[2])
    or finished ~= generation then
  return { 0 }
end
local batch = tonumber(redis.call('HGET', KEYS[3], 'number'))
if batch and batch > generation + 1 then
  return { 0 }
end
local unstored = batch and batch > generation
for i = 5, #ARGV do
  local relation = ARGV[i]
  if redis.call('SISMEMBER', KEYS[2], relation) == 0
      and not (unstored and redis.call('HGET', KEYS[3], relation) == '-1') then
    redis.call('SADD', KEYS[1], relation)
  end
end
if ARGV[4] == '1' then
  redis.call('SET', KEYS[5], 1)
  redis.call('DEL', KEYS[6])
else
  redis.call('SET', KEYS[6], ARGV[3])
end
return { 1 }
