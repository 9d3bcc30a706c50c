-- Compares Redis with the last batch that the database stored. To be called under the partition's lock, before all else.
-- Writes in any case, so that it is refused wherever a change would be.
--
-- ARGV   1 generation of the partition in the database  2 whether all totals were just dropped (1/0)
--        3 epoch of the partition if Redis decides, else ''
-- Answer { 1, full (1/0), whether changes are pending (1/0) } Redis is in step
--        { 2, { relation, … } } the batch is stored: finish.lua has to take what it changed off the buffer. It changed
--        counts of no other characters than those of these relations
--        { 3 } Redis was emptied: all totals have to be dropped, because they may have been computed before a commit that
--        Redis does not know of
--        { 0 } Redis is older than the database, and does not hold the batches between. It is closed; rebuild.lua continues
--        from there
--        { 4 } Redis was handed over in a later epoch: its owner could not commit that, or this one lost the lock
--        { -1, generation } Redis knows of a later batch
-- Effect a Redis that was handed over is taken back once it decides.
local full = is_full()
need_no_memory()
local generation, totals_dropped, epoch = tonumber(ARGV[1]), ARGV[2] == '1', tonumber(ARGV[3])
local known, number, rebuilt = known_generation(), batch_number(), rebuilt_generation()

if math.max(known or 0, rebuilt or 0) > generation then
  return lock_lost()
end
local handed_over = tonumber(call('HGET', CLOSED, 'handed-over'))
if epoch and handed_over then
  if epoch < handed_over then
    return { 4 }
  end
  call('HDEL', CLOSED, 'handed-over')
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
return { 1, full and 1 or 0, has_pending_changes() and 1 or 0 }
