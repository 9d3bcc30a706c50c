-- Tells how relations are held, all of them at one moment. Changes nothing.
--
-- ARGV   relations
-- Answer { complete (1/0), then for each relation: liked (1/0), pending change: 0 none, 1 a like, -1 an unlike, 2 both }
local answer = { call('EXISTS', COMPLETE) }
for _, relation in ipairs(ARGV) do
  local is_pending = call('SISMEMBER', PENDING, relation) == 1
  local is_unliked = call('SISMEMBER', UNLIKED, relation) == 1
  local change
  if is_pending or is_unliked then
    change = is_pending and is_unliked and 2 or (is_pending and 1 or -1)
  else
    change = tonumber(call('HGET', BATCH, relation) or 0)
  end
  answer[#answer + 1] = call('SISMEMBER', RELATIONS, relation)
  answer[#answer + 1] = change
end
return answer
