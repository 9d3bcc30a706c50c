-- Changes nothing, but is refused wherever a change of the partition would be.
--
-- Answer { 1 }
call('PERSIST', GENERATION)
return { 1 }
