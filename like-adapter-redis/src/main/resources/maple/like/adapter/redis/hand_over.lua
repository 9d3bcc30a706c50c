-- Closes a full Redis without pending changes, so that the database may decide in its place and nothing is hidden. To be
-- called under the partition's lock, after reconcile.lua.
--
-- ARGV   1 generation of the partition in the database  2 epoch that begins
-- Answer { 1 }, { 0 } where Redis has memory again or changes are pending, or { -1, generation } where the lock was lost
local full = is_full()
need_no_memory()
if not is_in_step(tonumber(ARGV[1])) then
  return lock_lost()
end
if not full or has_pending_changes() then
  return { 0 }
end
call('HSET', CLOSED, 'handed-over', ARGV[2])
return { 1 }
