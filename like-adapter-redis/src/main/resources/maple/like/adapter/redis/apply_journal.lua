-- Applies what the database decided during a failover. To be called under the partition's lock, after reconcile.lua.
--
-- KEYS   then for each relation: count:<userIgn>
-- ARGV   1 generation of the partition in the database  2 token of the caller's transaction
--        3 number of the last entry of the journal that is applied  4 time of the latest, in microseconds
--        then for each relation: relation, userIgn, liked (1/0), what the database changed of like_count for it, number and
--        time of its last entry
-- Answer { number of the batch that stands for the journal }, or { -1, generation } where the lock was lost
-- Effect each relation has that state, is pending and is in the batch; what was claimed before is pending. The buffer counts
--        the difference to what Redis had; where Redis did not know, what the database changed, which finish.lua takes off.
--        An entry that was applied before changes nothing: the database may have lost that, and Redis decided since.
--        Answers to pending changes that an entry displaces are dropped.
need_no_memory()
local generation, last_entry, latest = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
local complete = call('EXISTS', COMPLETE) == 1
if not is_in_step(generation) then
  return lock_lost()
end

-- Nothing of what was claimed has been stored: it is pending again, as it is by now.
local number, is_journal = batch_number(), call('HEXISTS', BATCH, 'journal') == 1
local applied_number, applied_until = applied_journal()
for _, relation in ipairs(call('HKEYS', BATCH)) do
  if is_relation(relation) then
    call('SADD', liked_sign(relation) == '1' and PENDING or UNLIKED, relation)
  end
end
unclaim_answers()
call('DEL', BATCH)
lose_answers()
local has_answers = call('EXISTS', UNSTORED_ANSWERS) == 1
if not number then
  number = generation + 1
elseif not is_journal then
  number = generation + 2 -- so that a Redis that goes back to the claim does not take it for this
end
call('HSET', BATCH, 'number', number, 'token', ARGV[2], 'journal', last_entry)

for i = 5, #ARGV, 6 do
  local relation, ign, liked, change = ARGV[i], ARGV[i + 1], ARGV[i + 2] == '1', tonumber(ARGV[i + 3])
  if tonumber(ARGV[i + 4]) > applied_number or tonumber(ARGV[i + 5]) > applied_until then
    local is_liked = call('SISMEMBER', RELATIONS, relation) == 1
    if is_liked or complete or call('SISMEMBER', UNLIKED, relation) == 1 then
      change = (liked and 1 or 0) - (is_liked and 1 or 0)
    end
    if change ~= 0 then
      call('HINCRBY', BUFFER, ign, change)
    end
    put(relation, liked)
    if has_answers then
      drop_answers(relation)
    end
    call('DEL', KEYS[FIXED_KEYS + (i + 1) / 6])
  end
  call('HSET', BATCH, relation, liked and '1' or '-1')
end
call('HSET', JOURNAL, 'number', math.max(applied_number, last_entry), 'decided_at',
     string.format('%.0f', math.max(applied_until, latest)))
return { number }
