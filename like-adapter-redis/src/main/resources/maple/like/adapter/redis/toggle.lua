-- Reads relations and their characters' totals, and changes them if asked to: the only place where a relation changes.
-- One call carries any number of questions, which are answered one after another as if each had come alone.
--
-- KEYS   then for each question: count:<userIgn>
-- ARGV   1 time to live of a total from when it was taken from the database, in seconds
--        then four for each question:
--        relation, or '' to read the total alone
--        userIgn
--        what is wanted: 'toggle', 'like', 'unlike' or 'read'
--        '', or what the database holds, read by one statement: '<liked (1/0)> <like_count> <generation of the
--        partition> <change that the batch of this generation made to like_count>'
-- Answer three for each question:
--        1 (not liked, as before) or 2 (liked, as before) or 3 (not liked now) or 4 (liked now),
--          delta not yet in the database, total
--        0, 0, 0: nothing was changed, because this needs what the database holds, or something newer than was given
--        -1, 0, the reason: this question was refused
--        The error CLOSED where Redis answers nothing.
-- Effect after a like: member of relations and pending, not of unliked; buffer and total +1.
--        after an unlike: member of unliked, not of relations or pending; buffer and total -1.
local ttl = ARGV[1]
local complete

local function is_complete()
  if complete == nil then
    complete = call('EXISTS', COMPLETE) == 1
  end
  return complete
end

local TO_BE_RECONCILED = 'RECONCILE Redis lacks a batch that is stored, or was emptied'

-- What the database holds may be used as long as no batch was finished since it was read, and none is under way that
-- it cannot know of. A Redis that is older than that has to be reconciled first.
local function fresh(offer)
  local liked, count, generation, change = string.match(offer, '^(%d) (%-?%d+) (%d+) (%-?%d+)$')
  generation = tonumber(generation)
  local finished, batch = known_generation(), batch_number()
  if not finished or (batch or finished) < generation then
    error({ err = TO_BE_RECONCILED })
  end
  if finished <= generation and not (batch and batch > generation + 1) then
    return { liked = liked == '1', count = tonumber(count), generation = generation, change = tonumber(change),
             batch = batch }
  end
end

local function answer(count, relation, ign, wanted, offer)
  local stored = offer ~= '' and fresh(offer) or nil

  local liked, guessed = false, false
  if relation ~= '' then
    if call('SISMEMBER', RELATIONS, relation) == 1 then
      liked = true
    elseif not is_complete() and call('SISMEMBER', UNLIKED, relation) == 0 then
      local claimed = call('HGET', BATCH, relation)
      if claimed then
        liked = claimed == '1'
      elseif stored then
        liked, guessed = stored.liked, true
      else
        return 0, 0, 0
      end
    end
  end

  local keep = wanted == 'read' and redis.pcall or call -- what refuses writes still answers
  local total = tonumber(call('GET', count))
  if not total then
    if not stored then
      return 0, 0, 0
    end
    total = stored.count + tonumber(call('HGET', BUFFER, ign) or 0)
    if stored.batch == stored.generation then
      total = total - stored.change -- committed, but not yet taken off the buffer
    end
    keep('SET', count, total, 'EX', ttl)
  end

  if wanted == 'read' then
    return liked and 2 or 1, 0, total
  end
  local want = wanted == 'like' or wanted == 'toggle' and not liked
  local changed = want ~= liked
  -- A state taken from the database is written down even where it stays as it is: the database may lose that commit.
  if changed or guessed then
    put(relation, want)
  end
  if not changed then
    return want and 2 or 1, tonumber(call('HGET', BUFFER, ign) or 0), total
  end
  local change = want and '1' or '-1' -- numbers would be formatted anew in each call, which takes longer than the call
  return want and 4 or 3, call('HINCRBY', BUFFER, ign, change), call('INCRBY', count, change)
end

if call('EXISTS', CLOSED) == 1 then
  return redis.error_reply('CLOSED Redis is being rebuilt, or was full and the database decides')
end
local answers = {}
for question = 0, (#ARGV - 1) / 4 - 1 do
  local first = 2 + 4 * question
  local ok, state, delta, total =
    pcall(answer, KEYS[FIXED_KEYS + 1 + question], ARGV[first], ARGV[first + 1], ARGV[first + 2], ARGV[first + 3])
  if not ok then
    local reason = type(state) == 'table' and state.err or tostring(state)
    state, delta, total = -1, 0, reason
  end
  local at = 3 * question
  answers[at + 1], answers[at + 2], answers[at + 3] = state, delta, total
end
return answers
