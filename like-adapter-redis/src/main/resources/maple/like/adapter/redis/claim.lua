-- Takes the next batch for the database. To be called under the partition's row lock, after settle.lua.
--
-- KEYS   1 relations:pending  2 relations:unliked  3 buffer  4 batch  5 generation  6 complete  7 warmup  8 absent
-- ARGV   1 generation of the partition in the database  2 how many relations at most  3 prefix of the keys of totals
-- Answer { number of the batch or 0, { liked relation, … }, { unliked relation, … }, { userIgn, delta, … }, members
--          still waiting, cursor of the warm-up or -1 }, or { -1, generation } where Redis is no longer as settle.lua
--          left it
--        The fourth part is drift: changes that are counted although nothing waits. They are dropped, and the totals too.
-- Effect the members move from pending and unliked to batch, unless there is a batch already: that one is given again.
local pending, unliked, buffer, batch = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local generation, limit = tonumber(ARGV[1]), tonumber(ARGV[2])

local known = tonumber(redis.call('GET', KEYS[5])) or -1
if known ~= generation then
  return { -1, known }
end

local likes, unlikes, drift = {}, {}, {}

local function put(members, sign)
  for from = 1, #members, 1000 do -- as many as fit on Lua's stack
    local fields = {}
    for i = from, math.min(from + 999, #members) do
      fields[#fields + 1] = members[i]
      fields[#fields + 1] = sign
    end
    redis.call('HSET', batch, unpack(fields))
  end
  return members
end

local number = tonumber(redis.call('HGET', batch, 'number'))
if number then
  local all = redis.call('HGETALL', batch)
  for i = 1, #all, 2 do
    if all[i] ~= 'number' and all[i] ~= 'journal' then
      local same = all[i + 1] == '1' and likes or unlikes
      same[#same + 1] = all[i]
    end
  end
else
  local liked, notLiked = redis.call('SCARD', pending), redis.call('SCARD', unliked)
  -- Neither kind may starve the other.
  local notLikedTaken = math.min(notLiked, math.max(math.floor(limit / 2), limit - liked))
  local likedTaken = math.min(liked, limit - notLikedTaken)
  if likedTaken + notLikedTaken > 0 then
    number = generation + 1
    redis.call('HSET', batch, 'number', number)
    if likedTaken > 0 then
      likes = put(redis.call('SPOP', pending, likedTaken), '1')
    end
    if notLikedTaken > 0 then
      unlikes = put(redis.call('SPOP', unliked, notLikedTaken), '-1')
    end
  end
end

if not number then
  local counted = redis.call('HGETALL', buffer)
  for i = 1, #counted, 2 do
    if counted[i + 1] ~= '0' then
      drift[#drift + 1] = counted[i]
      drift[#drift + 1] = counted[i + 1]
      redis.call('DEL', ARGV[3] .. counted[i])
    end
  end
  redis.call('DEL', buffer)
end

local cursor = -1
if redis.call('EXISTS', KEYS[6]) == 0 then
  cursor = tonumber(redis.call('GET', KEYS[7]) or 0)
end
return { number or 0, likes, unlikes, drift, redis.call('SCARD', pending) + redis.call('SCARD', unliked), cursor }
