-- Tells all pending changes, claimed ones included, and what is buffered. Changes nothing.
--
-- ARGV   1 how many of each at most
-- Answer { 1, { relation, '1' or '-1', … }, { userIgn, delta, … } }, or { 0 } where there are more
local limit = tonumber(ARGV[1])
if call('SCARD', PENDING) + call('SCARD', UNLIKED) + call('HLEN', BATCH) > limit or call('HLEN', BUFFER) > limit then
  return { 0 }
end
local changes, seen = {}, {}
local function add(members)
  for _, relation in ipairs(members) do
    if is_relation(relation) and not seen[relation] then
      seen[relation] = true
      changes[#changes + 1] = relation
      changes[#changes + 1] = liked_sign(relation)
    end
  end
end
add(call('HKEYS', BATCH))
add(call('SMEMBERS', PENDING))
add(call('SMEMBERS', UNLIKED))
return { 1, changes, call('HGETALL', BUFFER) }
