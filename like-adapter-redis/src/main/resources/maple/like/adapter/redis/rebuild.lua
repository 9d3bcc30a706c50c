-- Drops everything but the pending changes: Redis is behind the database, and what it knows of the rest is out of date.
-- To be called under the partition's lock, after reconcile.lua and after all totals were dropped.
--
-- ARGV   1 generation of the partition in the database  2 how many relations follow, then for each pending relation:
--        relation, '1' or '-1', then for each character: userIgn, what these change of what the database holds
-- Answer { 1 }, or { 0 } where other changes are pending by now, and nothing was done
-- Effect those relations are pending; the rest is unknown until the warm-up copies it. A mark in the batch makes the next
--        owner of the lock drop all totals once more: until now one could be computed from what the database held before.
local last = 2 + 2 * tonumber(ARGV[2])

local given = {}
for i = 3, last, 2 do
  given[ARGV[i]] = ARGV[i + 1]
end
local changes = pending_changes()
for i = 1, #changes, 2 do
  if given[changes[i]] ~= changes[i + 1] then
    return { 0 }
  end
end

call('UNLINK', RELATIONS, PENDING, UNLIKED, BUFFER, BATCH, COMPLETE, WARMUP)
for relation, sign in pairs(given) do
  put(relation, sign == '1')
end
for i = last + 1, #ARGV, 2 do
  if ARGV[i + 1] ~= '0' then
    call('HINCRBY', BUFFER, ARGV[i], ARGV[i + 1])
  end
end
call('SET', GENERATION, ARGV[1])
call('HSET', BATCH, 'rebuilt', 1)
return { 1 }
