-- Reads one relation and its character's total, and changes them if asked to: the only place where a relation changes.
--
-- KEYS   1 relations  2 relations:pending  3 relations:unliked  4 buffer  5 count:<userIgn>
--        6 batch  7 generation  8 complete
-- ARGV   1 relation, or '' to read the total alone
--        2 userIgn
--        3 what is wanted: 'toggle', 'like', 'unlike' or 'read'
--        4 time to live of the total, in seconds
--        5 to 8, optional: what the database holds, read by one statement: liked (1/0), like_count, generation of the
--        partition, change that the batch of this generation made to like_count
-- Answer { 1, liked (1/0), changed (1/0), delta not yet in the database, total }
--        { 0 } nothing was changed, because this needs what the database holds, or something newer than was given
-- Effect after a like: member of relations and pending, not of unliked; buffer and total +1.
--        after an unlike: member of unliked, not of relations or pending; buffer and total -1.
local relations, pending, unliked, buffer, count = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local relation, ign, wanted, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local ASK = { 0 }

-- What the database holds may be used as long as no batch was finished since it was read, and none is under way that
-- it cannot know of.
local stored = nil
if ARGV[7] then
  local generation = tonumber(ARGV[7])
  local finished = tonumber(redis.call('GET', KEYS[7]) or generation)
  local batch = tonumber(redis.call('HGET', KEYS[6], 'number'))
  if finished <= generation and not (batch and batch > generation + 1) then
    stored = { liked = ARGV[5] == '1', count = tonumber(ARGV[6]), generation = generation,
               change = tonumber(ARGV[8]), finished = finished, batch = batch }
  end
end

local liked, guessed = false, false
if relation ~= '' then
  if redis.call('SISMEMBER', relations, relation) == 1 then
    liked = true
  elseif redis.call('EXISTS', KEYS[8]) == 0 and redis.call('SISMEMBER', unliked, relation) == 0 then
    local claimed = redis.call('HGET', KEYS[6], relation)
    if claimed then
      liked = claimed == '1'
    elseif stored then
      liked, guessed = stored.liked, true
    else
      return ASK
    end
  end
end

local total = tonumber(redis.call('GET', count))
if not total then
  if not stored then
    return ASK
  end
  total = stored.count + tonumber(redis.call('HGET', buffer, ign) or 0)
  if stored.batch == stored.generation then
    total = total - stored.change -- committed, but not yet taken off the buffer
  elseif (stored.batch or stored.finished + 1) <= stored.generation then
    return ASK -- Redis lacks a batch that is stored: a flush is about to see to it
  end
  redis.call('SET', count, total, 'EX', ttl)
end
if stored then
  redis.call('SETNX', KEYS[7], stored.generation) -- an emptied Redis is no older than what it has been told
end

local want = liked
if wanted == 'toggle' then
  want = not liked
elseif wanted == 'like' then
  want = true
elseif wanted == 'unlike' then
  want = false
end

local changed = want ~= liked
-- A state taken from the database is written down even where it stays as it is, so that a commit still under way
-- cannot undo it.
if changed or (guessed and wanted ~= 'read') then
  if want then
    redis.call('SADD', relations, relation)
    redis.call('SADD', pending, relation)
    redis.call('SREM', unliked, relation)
  else
    redis.call('SREM', relations, relation)
    redis.call('SREM', pending, relation)
    redis.call('SADD', unliked, relation)
  end
end

local delta
if changed then
  local change = want and 1 or -1
  delta = redis.call('HINCRBY', buffer, ign, change)
  total = total + change
  redis.call('SET', count, total, 'EX', ttl)
else
  delta = tonumber(redis.call('HGET', buffer, ign) or 0)
end
return { 1, want and 1 or 0, changed and 1 or 0, delta, total }
