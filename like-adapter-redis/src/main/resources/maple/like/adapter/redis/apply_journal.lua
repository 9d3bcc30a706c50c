-- Applies what the database decided during a failover. To be called under the partition's lock, after reconcile.lua.
--
-- KEYS   then for each relation: count:<userIgn>
-- ARGV   1 generation of the partition in the database  2 number of the last entry of the journal that is applied
--        then for each relation: relation, userIgn, liked (1/0), what the database changed of like_count for it
-- Answer { number of the batch that stands for the journal }, or { -1, generation } where the lock was lost, also where
--        later entries were applied already
-- Effect each relation has that state, is pending and is in the batch; what was claimed before is pending. The buffer counts the difference to
--        what Redis had; where Redis did not know, what the database changed, which finish.lua takes off.
need_no_memory()
local generation, last_entry = tonumber(ARGV[1]), tonumber(ARGV[2])
local complete = call('EXISTS', COMPLETE) == 1
local applied = tonumber(call('HGET', BATCH, 'journal'))
if not is_in_step(generation) or (applied and applied > last_entry) then
  return lock_lost()
end

-- Nothing of what was claimed has been stored: it is pending again, as it is by now.
local number = batch_number()
for _, relation in ipairs(call('HKEYS', BATCH)) do
  if is_relation(relation) then
    call('SADD', liked_sign(relation) == '1' and PENDING or UNLIKED, relation)
  end
end
call('DEL', BATCH)
if not number then
  number = generation + 1
elseif not applied then
  number = generation + 2 -- so that a Redis that goes back to the claim does not take it for this
end
call('HSET', BATCH, 'number', number, 'journal', last_entry)

for i = 3, #ARGV, 4 do
  local relation, ign, liked, change = ARGV[i], ARGV[i + 1], ARGV[i + 2] == '1', tonumber(ARGV[i + 3])
  local is_liked = call('SISMEMBER', RELATIONS, relation) == 1
  if is_liked or complete or call('SISMEMBER', UNLIKED, relation) == 1 then
    change = (liked and 1 or 0) - (is_liked and 1 or 0)
  end
  if change ~= 0 then
    call('HINCRBY', BUFFER, ign, change)
  end
  put(relation, liked)
  call('HSET', BATCH, relation, liked and '1' or '-1')
  call('DEL', KEYS[FIXED_KEYS + (i + 1) / 4])
end
return { number }
