-- Reduces a Redis that is behind the database to its pending changes, page by page: what it knows of the rest is out of
-- date. First it gathers them in the batch. Then each page is compared with the rows and becomes pending again. To be called
-- under the partition's lock, again and again, after reconcile.lua has closed Redis.
--
-- ARGV   1 generation of the partition in the database  2 how many relations a page has, approximately
--        3 whether another page is wanted (1/0)  4 how many relations follow: none, or the last page with its signs, then for
--        each character: userIgn, what these change of what the database holds
-- Answer { 1, { relation, '1' or '-1', … } } the next page, which is empty where none was wanted, and may be
--        { 2 } no pending change is left: all totals have to be dropped, then open.lua called
--        { 0 } Redis is not being rebuilt any more
-- Effect a page that is gathered as it was given is pending. Another was given before, and is ignored.
need_no_memory()
local generation, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local last = 4 + 2 * tonumber(ARGV[4])
local rebuilt = rebuilt_generation()
if not rebuilt or rebuilt > generation then
  return { 0 }
end

if rebuilt ~= generation then
  local members = call('SPOP', PENDING, limit)
  if #members == 0 then
    members = call('SPOP', UNLIKED, limit)
  end
  local gathered = {}
  for _, relation in ipairs(members) do
    gathered[#gathered + 1] = relation
    gathered[#gathered + 1] = liked_sign(relation)
  end
  call_with_all('HSET', BATCH, gathered)
  if #members == 0 then
    unclaim_answers()
    call('HDEL', BATCH, 'number', 'token', 'journal')
    call('UNLINK', RELATIONS, BUFFER, COMPLETE, WARMUP)
    call('HSET', CLOSED, 'rebuild', generation)
  end
  return { 1, {} }
end

local is_gathered, relations, likes, unlikes = true, {}, {}, {}
for i = 5, last, 2 do
  is_gathered = is_gathered and call('HGET', BATCH, ARGV[i]) == ARGV[i + 1]
  relations[#relations + 1] = ARGV[i]
  local same = ARGV[i + 1] == '1' and likes or unlikes
  same[#same + 1] = ARGV[i]
end
if is_gathered then
  call_with_all('SADD', RELATIONS, likes)
  call_with_all('SADD', PENDING, likes)
  call_with_all('SADD', UNLIKED, unlikes)
  call_with_all('HDEL', BATCH, relations)
  for i = last + 1, #ARGV, 2 do
    call('HINCRBY', BUFFER, ARGV[i], ARGV[i + 1])
  end
end

if call('EXISTS', BATCH) == 0 then
  return { 2 }
end
return { 1, ARGV[3] == '1' and next_of_batch(limit) or {} }
