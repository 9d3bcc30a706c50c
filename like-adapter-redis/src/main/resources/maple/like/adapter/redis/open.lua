-- Ends a rebuild or a recovery. To be called under the partition's lock, after all totals were dropped through the same
-- connection: a Redis that lost writes since, and has some of them again, is not reached by it.
--
-- ARGV   1 generation of the partition in the database, then for a recovery: 2 token of the caller's transaction  3 number of
--        the page after the last
-- Answer { 1 }, or { 0 } where it has not come to its end, and nothing was done
-- Effect Redis answers again. After a rebuild, what is not pending is unknown until the warm-up copies it.
need_no_memory()
local generation = tonumber(ARGV[1])
local is_rebuilt = rebuilt_generation() == generation and call('EXISTS', BATCH) == 0
local is_recovered = recovered_generation() == generation
  and call('HGET', CLOSED, 'token') == ARGV[2]
  and call('HGET', CLOSED, 'page') == ARGV[3]
if not is_rebuilt and not is_recovered then
  return { 0 }
end
call('SET', GENERATION, generation)
lose_answers()
call('DEL', WARMUP)
call('HDEL', CLOSED, 'rebuild', 'recovery', 'token', 'page')
return { 1 }
