-- Tells all pending changes, claimed ones included, and what is buffered. Changes nothing.
--
-- ARGV   1 how many of each at most
-- Answer { 1, { relation, '1' or '-1', … }, { userIgn, delta, … } }, or { 0 } where there are more
local limit = tonumber(ARGV[1])
if call('SCARD', PENDING) + call('SCARD', UNLIKED) + call('HLEN', BATCH) > limit or call('HLEN', BUFFER) > limit then
  return { 0 }
end
return { 1, pending_changes(), call('HGETALL', BUFFER) }
