-- Ends a rebuild. To be called under the partition's lock, after all totals were dropped through the same connection: a
-- Redis that lost writes since, and has some of them again, is not reached by it.
--
-- ARGV   1 generation of the partition in the database
-- Answer { 1 }, or { 0 } where the rebuild has not come to its end, and nothing was done
-- Effect Redis answers again. What is not pending is unknown until the warm-up copies it.
need_no_memory()
if rebuilt_generation() ~= tonumber(ARGV[1]) or call('EXISTS', BATCH) == 1 then
  return { 0 }
end
call('SET', GENERATION, ARGV[1])
call('HDEL', CLOSED, 'rebuild')
return { 1 }
