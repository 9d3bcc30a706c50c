-- Compares Redis with the last batch that the database stored. To be called under the partition's lock, before all else.
-- Writes in any case, so that it is refused wherever a change would be.
--
-- ARGV   1 generation of the partition in the database  2 whether all totals were just dropped (1/0)
-- Answer { 1 } Redis is in step
--        { 2, { relation, … } } the batch is stored: finish.lua has to take what it changed off the buffer. It changed
--        counts of no other characters than those of these relations
--        { 3 } Redis was emptied: all totals have to be dropped, because they may have been computed before a commit that
--        Redis does not know of
--        { 0 } Redis is older than the database, and does not hold the batches between. It is closed; rebuild.lua continues
--        from there
--        { -1, generation } Redis knows of a later batch
local generation, totals_dropped = tonumber(ARGV[1]), ARGV[2] == '1'
local known, number, rebuilt = known_generation(), batch_number(), rebuilt_generation()

if math.max(known or 0, rebuilt or 0) > generation then
  return lock_lost()
end
if rebuilt then
  return { 0 }
end
if not number and not known and not totals_dropped then
  return { 3 }
end
if number == generation then
  local relations = {}
  local function add(members)
    for _, relation in ipairs(members) do
      if is_relation(relation) then
        relations[#relations + 1] = relation
      end
    end
  end
  add(call('HKEYS', BATCH))
  if #relations == 0 then -- the journal of version 0.1.0-SNAPSHOT; what it changed is pending
    add(call('SMEMBERS', PENDING))
    add(call('SMEMBERS', UNLIKED))
  end
  return { 2, relations }
end
if (number or known or generation) < generation then
  call('HSET', CLOSED, 'rebuild', 0)
  return { 0 }
end
call('SET', GENERATION, generation)
return { 1 }
