-- Recovers what a database that lost commits had stored: makes what differs between Redis and the rows pending again, page
-- by page. To be called under the partition's lock, after reconcile.lua has closed Redis. A recovery that was interrupted
-- begins again.
--
-- ARGV   1 generation of the partition in the database  2 token of the caller's transaction
--        3 number of the page, or '0' to begin  4 how many claimed changes at most are pending again in one call
--        then for each relation of the page: relation, '1' or '-1' as in Redis, then '', and for each character: userIgn,
--        what these change of what the database holds
-- Answer { 1 }, { 2 } where the call that begins is to be repeated, or { 0 } where another recovery has begun since, or Redis
--        went back in time
-- Effect these relations are pending, and the buffer counts their changes. A page that is sent again changes nothing.
need_no_memory()
local generation, token, page = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
if recovered_generation() ~= generation then
  return { 0 }
end

if page == 0 then
  call('HDEL', CLOSED, 'token')
  unclaim_answers()
  local fields = next_of_batch(ARGV[4])
  for i = 1, #fields, 2 do
    if is_relation(fields[i]) then
      call('SADD', liked_sign(fields[i]) == '1' and PENDING or UNLIKED, fields[i])
    end
    call('HDEL', BATCH, fields[i])
  end
  if call('EXISTS', BATCH) == 1 then
    return { 2 }
  end
  call('UNLINK', BUFFER)
  call('HSET', CLOSED, 'token', token, 'page', 1)
  return { 1 }
end

if call('HGET', CLOSED, 'token') ~= token then
  return { 0 }
end
local next_page = tonumber(call('HGET', CLOSED, 'page'))
if next_page ~= page then
  return { next_page == page + 1 and 1 or 0 }
end
local i = 5
while ARGV[i] ~= '' do
  put(ARGV[i], ARGV[i + 1] == '1')
  i = i + 2
end
for character = i + 1, #ARGV, 2 do
  call('HINCRBY', BUFFER, ARGV[character], ARGV[character + 1])
end
call('HSET', CLOSED, 'page', page + 1)
return { 1 }
