-- Reads relations and their characters' totals, and changes them if asked to: the only place where a relation changes.
-- One call carries any number of questions, which are answered one after another as if each had come alone.
--
-- KEYS   then for each question: count:<userIgn>, then for each question with an idempotency key: idempotency:<account> <key>
-- ARGV   1 time to live of a total from when it was taken from the database, in seconds
--        2 two characters for each question: what is wanted, 't'oggle, 'l'ike, 'u'nlike or 'r'ead; and which of the details
--        below there are: '-' none, 's' what is stored, 'k' the idempotency key, 'b' both
--        then for each question: relation, or '' to read the total alone
--        then the details of the questions that have some:
--        what the database holds, read by one statement: '<liked (1/0)> <like_count> <generation of the partition> <change
--        that the batch of this generation made to like_count>'. The database has no answer to the key
--        the idempotency key: '<now> <when its answer expires> <key>', times in milliseconds
-- Answer three for each question:
--        1 (not liked, as before) or 2 (liked, as before) or 3 (not liked now) or 4 (liked now),
--          delta not yet in the database, total
--        5 (not liked) or 6 (liked), the same: what the key was answered before; nothing was changed
--        7, 0, 0: the key belongs to another character; nothing was changed
--        0, 0, 0: nothing was changed, because this needs what the database holds, or something newer than was given
--        -1, 0, the reason: this question was refused
--        The error CLOSED where Redis answers nothing.
-- Effect after a like: member of relations and pending, not of unliked; buffer and total +1.
--        after an unlike: member of unliked, not of relations or pending; buffer and total -1.
--        with a key, the answer is kept: '<liked (1/0)> <ocid>'. A key that another partition noted has '-' in place of liked.
local ttl, details = ARGV[1], ARGV[2]
local questions = #details / 2
local TOGGLE, LIKE, READ = string.byte('tlr', 1, 3)
local NONE, STORED, KEY = string.byte('-sk', 1, 3)
local complete
local prefix = #string.match(KEYS[FIXED_KEYS + 1], '^{[^}]*}:count:')

local function ign_of(count)
  return string.sub(count, prefix + 1)
end

local function is_complete()
  if complete == nil then
    complete = call('EXISTS', COMPLETE) == 1
  end
  return complete
end

local function parse(text, name)
  local now, expires, key = string.match(text, '^(%d+) (%d+) (.+)$')
  return { name = name, now = tonumber(now), expires = tonumber(expires), key = key }
end

-- Whether Redis may lack the answer, and the database may have it: for as long as a key lives after the loss of some. The
-- loss is dated by the first key that comes after it.
local function may_lack_answer(use)
  local lost = call('HGET', JOURNAL, 'answers_lost')
  if not lost then
    return false
  end
  if lost == '0' then
    lost = string.format('%.0f', use.now)
    call('HSET', JOURNAL, 'answers_lost', lost)
  end
  if use.now - tonumber(lost) < use.expires - use.now then
    return true
  end
  call('HDEL', JOURNAL, 'answers_lost')
  return false
end

local function keep_answer(use, relation, liked)
  local sign = liked and '1' or '0'
  call('SET', use.name, sign .. ' ' .. string.match(relation, '[^:]*$'), 'PX', use.expires - use.now)
  local lines = {}
  for line, expires in string.gmatch(call('HGET', UNSTORED_ANSWERS, relation) or '', '(%S+ [01] (%d+)\n)') do
    if tonumber(expires) > use.now then
      lines[#lines + 1] = line
    end
  end
  lines[#lines + 1] = string.format('%s %s %.0f\n', use.key, sign, use.expires)
  call('HSET', UNSTORED_ANSWERS, relation, table.concat(lines))
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

local function add(count, change)
  return call('HINCRBY', BUFFER, ign_of(count), change), call('INCRBY', count, change)
end

-- What most questions come to where Redis knows everything, with as few calls as possible.
local function toggle(count, relation)
  local total = call('GET', count)
  if not total then
    return 0, 0, 0
  end
  if call('SADD', RELATIONS, relation) == 1 then
    call('SADD', PENDING, relation)
    call('SREM', UNLIKED, relation)
    return 4, add(count, '1')
  end
  put(relation, false)
  return 3, add(count, '-1')
end

local function answer(count, relation, wanted, offer, use)
  if wanted == TOGGLE and not offer and not use and is_complete() then
    return toggle(count, relation)
  end
  local stored = offer and fresh(offer) or nil

  local repeated
  if use then
    local kept = call('GET', use.name)
    if kept then
      repeated = string.sub(kept, 1, 1)
      if repeated == '-' or string.sub(kept, 3) ~= string.match(relation, '[^:]*$') then
        return 7, 0, 0
      end
    elseif not stored and may_lack_answer(use) then
      return 0, 0, 0
    end
  end

  local liked, guessed = false, false
  if relation ~= '' and not repeated then
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

  local keep = wanted == READ and redis.pcall or call -- what refuses writes still answers
  local total = tonumber(call('GET', count))
  if not total then
    if not stored then
      return 0, 0, 0
    end
    total = stored.count + tonumber(call('HGET', BUFFER, ign_of(count)) or 0)
    if stored.batch == stored.generation then
      total = total - stored.change -- committed, but not yet taken off the buffer
    end
    keep('SET', count, total, 'EX', ttl)
  end

  if wanted == READ then
    return liked and 2 or 1, 0, total
  end
  if repeated then
    return repeated == '1' and 6 or 5, tonumber(call('HGET', BUFFER, ign_of(count)) or 0), total
  end
  local want = wanted == LIKE or wanted == TOGGLE and not liked
  local changed = want ~= liked
  -- A state taken from the database is written down even where it stays as it is: the database may lose that commit.
  if changed or guessed or use then
    put(relation, want)
  end
  if use then
    keep_answer(use, relation, want)
  end
  if not changed then
    return want and 2 or 1, tonumber(call('HGET', BUFFER, ign_of(count)) or 0), total
  end
  local change = want and '1' or '-1' -- numbers would be formatted anew in each call, which takes longer than the call
  return want and 4 or 3, add(count, change)
end

if call('EXISTS', CLOSED) == 1 then
  return redis.error_reply('CLOSED Redis is being rebuilt, or was full and the database decides')
end
local answers = {}
local detail, keyed = 2 + questions, FIXED_KEYS + questions
for question = 1, questions do
  local wanted, has = string.byte(details, 2 * question - 1, 2 * question)
  local offer, use
  if has ~= NONE then
    if has ~= KEY then
      detail = detail + 1
      offer = ARGV[detail]
    end
    if has ~= STORED then
      detail, keyed = detail + 1, keyed + 1
      use = parse(ARGV[detail], KEYS[keyed])
    end
  end
  local ok, state, delta, total =
    pcall(answer, KEYS[FIXED_KEYS + question], ARGV[2 + question], wanted, offer, use)
  if not ok then
    local reason = type(state) == 'table' and state.err or tostring(state)
    state, delta, total = -1, 0, reason
  end
  local at = 3 * question
  answers[at - 2], answers[at - 1], answers[at] = state, delta, total
end
return answers
