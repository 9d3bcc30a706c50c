-- Precedes every script. All scripts take the same KEYS, in this order; those that need totals are given their keys last.
-- The last of them never exists: in a slot that is moving, Redis refuses a script some of whose keys exist and some do not, so
-- every script is refused from the moment in which the slot begins to move.
local RELATIONS, PENDING, UNLIKED, BUFFER = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local BATCH, GENERATION, COMPLETE, WARMUP = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local CLOSED, JOURNAL, UNSTORED_ANSWERS = KEYS[9], KEYS[10], KEYS[11]
local FIXED_KEYS = 12

local call = redis.call

-- Calls a command with a list of arguments, as many at a time as fit on Lua's stack.
local function call_with_all(command, key, arguments)
  for first = 1, #arguments, 1000 do
    call(command, key, unpack(arguments, first, math.min(first + 999, #arguments)))
  end
end

-- Whether Redis refuses what needs memory. To be asked before anything is written. The command does nothing.
local function is_full()
  local refusal = redis.pcall('SETRANGE', GENERATION, 0, '')
  return type(refusal) == 'table' and string.find(refusal.err or '', 'OOM', 1, true) ~= nil
end

-- Exempts a script that leads to more free memory, or is needed for it: Redis does not refuse memory to a script whose first
-- write needs none. The command does nothing.
local function need_no_memory()
  call('PERSIST', GENERATION)
end

-- The number of the last batch that Redis knows to be stored, or nil.
local function known_generation()
  return tonumber(call('GET', GENERATION))
end

-- The number of the batch under way, or nil.
local function batch_number()
  return tonumber(call('HGET', BATCH, 'number'))
end

-- The token of the transaction that claimed the batch last: a number is not enough to know a batch by. A batch of a version
-- before tokens has none.
local function batch_token()
  return call('HGET', BATCH, 'token') or '0'
end

-- The generation that a rebuild compares with, 0 before all pending changes were gathered, or nil where there is none.
local function rebuilt_generation()
  return tonumber(call('HGET', CLOSED, 'rebuild'))
end

-- The generation that a recovery compares with, or nil where there is none.
local function recovered_generation()
  return tonumber(call('HGET', CLOSED, 'recovery'))
end

-- Whether Redis is as reconcile.lua left it for the owner of the partition's lock.
local function is_in_step(generation)
  return known_generation() == generation and not rebuilt_generation() and not recovered_generation()
end

-- How far the journal was applied: the number of the last entry and the time of the latest, in microseconds.
local function applied_journal()
  return tonumber(call('HGET', JOURNAL, 'number') or 0), tonumber(call('HGET', JOURNAL, 'decided_at') or 0)
end

local function has_pending_changes()
  return call('SCARD', PENDING) + call('SCARD', UNLIKED) > 0 or call('EXISTS', BATCH) == 1
end

-- The hash of the batch has the fields 'number', 'token', 'journal' and 'answers' besides relations, which have a colon.
local function is_relation(field)
  return string.find(field, ':', 1, true) ~= nil
end

-- Some fields of the batch and their values, perhaps none, while Redis is closed. Goes on where the last call stopped: what
-- has been taken from a large hash leaves empty buckets, which would be searched again.
local function next_of_batch(count)
  local cursor, fields = unpack(call('HSCAN', BATCH, call('HGET', CLOSED, 'page') or '0', 'COUNT', count))
  call('HSET', CLOSED, 'page', cursor)
  return fields
end

local function liked_sign(relation)
  return call('SISMEMBER', RELATIONS, relation) == 1 and '1' or '-1'
end

-- Makes a relation a pending like or unlike. What a full memory refuses comes first, so that nothing is left half done.
local function put(relation, liked)
  if liked then
    call('SADD', RELATIONS, relation)
    call('SADD', PENDING, relation)
    call('SREM', UNLIKED, relation)
  else
    call('SADD', UNLIKED, relation)
    call('SREM', RELATIONS, relation)
    call('SREM', PENDING, relation)
  end
end

-- From now on, unknown idempotency keys may be known to the database.
local function lose_answers()
  call('HSET', JOURNAL, 'answers_lost', '0')
end

-- Moves the answers of relations that are claimed into the batch, a line for each.
local function claim_answers(...)
  local lines = { call('HGET', BATCH, 'answers') or nil }
  for _, relations in ipairs({ ... }) do
    for _, relation in ipairs(relations) do
      for line in string.gmatch(call('HGET', UNSTORED_ANSWERS, relation) or '', '[^\n]+') do
        lines[#lines + 1] = relation .. ' ' .. line
      end
      call('HDEL', UNSTORED_ANSWERS, relation)
    end
  end
  if #lines > 0 then
    call('HSET', BATCH, 'answers', table.concat(lines, '\n'))
  end
end

-- Moves the answers in the batch back.
local function unclaim_answers()
  for relation, line in string.gmatch(call('HGET', BATCH, 'answers') or '', '([^ \n]+) ([^\n]+)') do
    call('HSET', UNSTORED_ANSWERS, relation, line .. '\n' .. (call('HGET', UNSTORED_ANSWERS, relation) or ''))
  end
  call('HDEL', BATCH, 'answers')
end

-- Drops answers of a relation that the database does not have.
local function drop_answers(relation)
  local account = string.match(relation, '^(.*):')
  for key in string.gmatch(call('HGET', UNSTORED_ANSWERS, relation) or '', '([^ \n]+) [^\n]+') do
    call('DEL', UNSTORED_ANSWERS .. ':' .. account .. ' ' .. key)
  end
  call('HDEL', UNSTORED_ANSWERS, relation)
end

-- The answer to an owner of the partition's lock that Redis no longer finds as reconcile.lua left it.
local function lock_lost()
  return { -1, known_generation() or -1 }
end
