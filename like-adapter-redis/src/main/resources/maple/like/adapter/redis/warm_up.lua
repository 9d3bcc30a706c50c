-- Adds a page of relations that the database holds. To be called under the partition's lock.
--
-- ARGV   1 generation of the partition, read under the same lock  2 cursor of the page  3 cursor of the next page
--        4 whether this is the last page (1/0), then the relations
-- Answer { 1 }, or { 0 } where the page is not the one that is missing or Redis is full, and nothing was done
-- Effect the relations are members of relations, save those that were unliked since; after the last page complete is set
local generation = tonumber(ARGV[1])
local number = batch_number()
if is_full()
    or call('EXISTS', COMPLETE) == 1
    or (call('GET', WARMUP) or '') ~= ARGV[2]
    or not is_in_step(generation)
    or (number and number > generation + 1) then
  return { 0 }
end
local unstored = number and number > generation
local may_be_unliked = unstored or call('EXISTS', UNLIKED) == 1
for first = 5, #ARGV, 1000 do
  local last = math.min(first + 999, #ARGV)
  local relations = { unpack(ARGV, first, last) }
  if may_be_unliked then
    local unliked = call('SMISMEMBER', UNLIKED, unpack(relations))
    local claimed = unstored and call('HMGET', BATCH, unpack(relations)) or {}
    local kept = {}
    for i, relation in ipairs(relations) do
      if unliked[i] == 0 and claimed[i] ~= '-1' then
        kept[#kept + 1] = relation
      end
    end
    relations = kept
  end
  call_with_all('SADD', RELATIONS, relations)
end
if ARGV[4] == '1' then
  call('SET', COMPLETE, 1)
  call('DEL', WARMUP)
else
  call('SET', WARMUP, ARGV[3])
end
return { 1 }
