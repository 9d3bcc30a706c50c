-- Precedes every script. All scripts take the same KEYS, in this order; those that need totals are given their keys last.
-- The ninth never exists: in a slot that is moving, Redis refuses a script some of whose keys exist and some do not, so
-- every script is refused from the moment in which the slot begins to move.
local RELATIONS, PENDING, UNLIKED, BUFFER = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local BATCH, GENERATION, COMPLETE, WARMUP = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local FIXED_KEYS = 9

local call = redis.call

-- The number of the last batch that Redis knows to be stored, or nil.
local function known_generation()
  return tonumber(call('GET', GENERATION))
end

-- The number of the batch under way, or nil.
local function batch_number()
  return tonumber(call('HGET', BATCH, 'number'))
end

-- The hash of the batch has the fields 'number', 'journal' and 'rebuilt' besides relations, which have a colon.
local function is_relation(field)
  return string.find(field, ':', 1, true) ~= nil
end

local function liked_sign(relation)
  return call('SISMEMBER', RELATIONS, relation) == 1 and '1' or '-1'
end

-- The pending changes, claimed ones included: relation, '1' or '-1', …
local function pending_changes()
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
  return changes
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

-- The answer to an owner of the partition's lock that Redis no longer finds as reconcile.lua left it.
local function lock_lost()
  return { -1, known_generation() or -1 }
end
