-- Changes nothing, but is refused wherever a change of the partition would be.
--
-- KEYS   1 generation  2 absent
-- Answer { 1 }
redis.call('PERSIST', KEYS[1])
return { 1 }
