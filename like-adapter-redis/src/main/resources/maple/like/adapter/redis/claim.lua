-- Claims the next batch for the database. To be called under the partition's lock, after reconcile.lua.
--
-- ARGV   1 generation of the partition in the database  2 token of the caller's transaction
--        3 how many relations at most  4 prefix of the keys of totals
--        5 how many relations of the batch the caller has: more are added where it has all of them, and some
-- Answer { number of the batch or 0, { liked relation, … }, { unliked relation, … }, { userIgn, delta, … }, members
--          still pending, complete (1/0), cursor of the warm-up, answers of the batch, whether the relations were pending
--          until now (1/0) }, or { -1, generation } where the lock was lost. An answer is a line
--          '<relation> <idempotency key> <liked (1/0)> <when it expires, in milliseconds>'
--        The fourth part is drift: buffered although nothing is pending. It is dropped, and the totals too, some of it in
--        each call.
-- Effect the members move from pending and unliked to the batch, unless there is a batch that the caller does not have:
--        that one is given again, and has the token of this transaction from now on.
need_no_memory()
local generation, token, limit, had = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[5])
if not is_in_step(generation) then
  return lock_lost()
end

local likes, unlikes, drift, taken = {}, {}, {}, 0

-- What changed again after it was claimed stays pending for the next batch.
local function keep_claimed(from, members)
  local new = {}
  for first = 1, #members, 1000 do
    local last = math.min(first + 999, #members)
    for i, claimed in ipairs(call('HMGET', BATCH, unpack(members, first, last))) do
      local member = members[first + i - 1]
      if claimed then
        call('SADD', from, member)
      else
        new[#new + 1] = member
      end
    end
  end
  return new
end

local function move(from, count, sign)
  local members, fields = count > 0 and call('SPOP', from, count) or {}, {}
  if had > 0 then
    members = keep_claimed(from, members)
  end
  for _, member in ipairs(members) do
    fields[#fields + 1] = member
    fields[#fields + 1] = sign
  end
  call_with_all('HSET', BATCH, fields)
  return members
end

-- Relations have a colon; the other fields are these.
local function batch_size()
  local size = call('HLEN', BATCH)
  for _, field in ipairs({ 'number', 'token', 'journal', 'answers' }) do
    size = size - call('HEXISTS', BATCH, field)
  end
  return size
end

local number = batch_number()
if number and (had == 0 or batch_size() ~= had) then
  local all = call('HGETALL', BATCH)
  for i = 1, #all, 2 do
    if is_relation(all[i]) then
      local same = all[i + 1] == '1' and likes or unlikes
      same[#same + 1] = all[i]
    end
  end
else
  local liked, not_liked = call('SCARD', PENDING), call('SCARD', UNLIKED)
  -- Neither kind may starve the other.
  local not_liked_taken = math.min(not_liked, math.max(math.floor(limit / 2), limit - liked))
  local liked_taken = math.min(liked, limit - not_liked_taken)
  if liked_taken + not_liked_taken > 0 then
    if not number then
      number = generation + 1
      call('HSET', BATCH, 'number', number)
    end
    likes = move(PENDING, liked_taken, '1')
    unlikes = move(UNLIKED, not_liked_taken, '-1')
    taken = #likes + #unlikes > 0 and 1 or 0
    if call('EXISTS', UNSTORED_ANSWERS) == 1 then
      claim_answers(likes, unlikes)
    end
  elseif not number then
    local cursor, buffered = '0', {}
    repeat
      cursor, buffered = unpack(call('HSCAN', BUFFER, cursor, 'COUNT', limit))
    until #buffered > 0 or cursor == '0'
    for i = 1, #buffered, 2 do
      if buffered[i + 1] ~= '0' then
        drift[#drift + 1] = buffered[i]
        drift[#drift + 1] = buffered[i + 1]
        call('DEL', ARGV[4] .. buffered[i])
      end
      call('HDEL', BUFFER, buffered[i])
    end
  end
end

if number then
  call('HSET', BATCH, 'token', token)
end
return { number or 0, likes, unlikes, drift, call('SCARD', PENDING) + call('SCARD', UNLIKED),
         call('EXISTS', COMPLETE), call('GET', WARMUP) or '', call('HGET', BATCH, 'answers') or '', taken }
