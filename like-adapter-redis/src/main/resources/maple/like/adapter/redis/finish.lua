-- Finishes the batch of a generation, once it is stored. Does nothing if it is no longer that batch.
--
-- ARGV   1 generation of the partition in the database  2 token of the transaction that stored it, then for each character
--        that the batch changed: userIgn, change of like_count, its sign inverted
-- Answer { 1 }, or { 0 } where nothing was done
-- Effect what the batch changed is taken off the buffer, and the batch is gone.
need_no_memory()
local generation = tonumber(ARGV[1])
if batch_number() ~= generation or batch_token() ~= ARGV[2] or rebuilt_generation() or recovered_generation() then
  return { 0 }
end
for i = 3, #ARGV, 2 do
  if call('HINCRBY', BUFFER, ARGV[i], ARGV[i + 1]) == 0 then
    call('HDEL', BUFFER, ARGV[i])
  end
end
call('UNLINK', BATCH)
call('SET', GENERATION, generation)
return { 1 }
