-- Compares Redis with the last batch that the database stored. To be called under the partition's lock, before all else.
-- Writes in any case, so that it is refused wherever a change would be.
--
-- ARGV   1 generation of the partition in the database  2 token of the transaction that stored it
--        3 whether all totals were just dropped (1/0)  4 epoch of the partition if Redis decides, else ''
--        5 '', or the last batch that a database which lost commits still has
-- Answer { 1, full (1/0), whether changes are pending (1/0) } Redis is in step
--        { 2, { relation, … } } the batch is stored: finish.lua has to take what it changed off the buffer. It changed
--        counts of no other characters than those of these relations
--        { 3 } Redis was emptied: all totals have to be dropped, because they may have been computed before a commit that
--        Redis does not know of
--        { 0, whether this was found now (1/0) } Redis is older than the database, and does not hold the batches between, or
--        holds another batch than the one that is stored. It is closed; rebuild.lua continues from there
--        { 4 } Redis was handed over in a later epoch: its owner could not commit that, or this one lost the lock
--        { 5 } the database lost commits, and Redis holds what they stored. It is closed; recover.lua continues from there
--        { -1, number of the last batch that Redis knows of, number and time of the last entry of the journal that was
--        applied } Redis knows of a later batch
-- Effect a Redis that was handed over is taken back once it decides.
local full = is_full()
need_no_memory()
local generation, token, totals_dropped = tonumber(ARGV[1]), ARGV[2], ARGV[3] == '1'
local epoch, last_kept = tonumber(ARGV[4]), tonumber(ARGV[5])
local known, number, rebuilt, recovered = known_generation(), batch_number(), rebuilt_generation(), recovered_generation()

local later = math.max(known or 0, rebuilt or 0, recovered or 0)
if later > generation then
  return { -1, math.max(later, number or 0), applied_journal() }
end
local handed_over = tonumber(call('HGET', CLOSED, 'handed-over'))
if epoch and handed_over then
  if epoch < handed_over then
    return { 4 }
  end
  call('HDEL', CLOSED, 'handed-over')
end

local function close()
  call('HDEL', CLOSED, 'rebuild', 'recovery', 'token', 'page')
  if last_kept and known and known >= last_kept then
    call('HSET', CLOSED, 'recovery', generation)
    return { 5 }
  end
  call('HSET', CLOSED, 'rebuild', 0)
  return { 0, rebuilt and 0 or 1 }
end

if rebuilt and rebuilt > 0 then
  return { 0, 0 }
end
if rebuilt or recovered then
  return close() -- before all is gathered, Redis still has everything
end
if not number and not known and not totals_dropped then
  return { 3 }
end
if number == generation and batch_token() == token then
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
if number and number <= generation or known and known ~= generation then
  return close()
end
call('SET', GENERATION, generation)
if not known then
  lose_answers()
end
return { 1, full and 1 or 0, has_pending_changes() and 1 or 0 }
