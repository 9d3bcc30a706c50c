-- Sends random heads of requests with random tails, and prints the result.
--
-- Arguments  1 seed  2 file of heads  3 file of tails; a line "." ends an entry
local heads, tails = {}, {}
local threads = 0

local function read(name, entries)
  local entry = {}
  for line in io.lines(name) do
    if line == '.' then
      entries[#entries + 1] = table.concat(entry, '\r\n') .. '\r\n'
      entry = {}
    else
      entry[#entry + 1] = line
    end
  end
end

function setup(thread)
  thread:set('number', threads)
  threads = threads + 1
end

function init(args)
  math.randomseed(tonumber(args[1]) * 1000 + number)
  read(args[2], heads)
  read(args[3], tails)
end

function request()
  return heads[math.random(#heads)] .. tails[math.random(#tails)]
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('result: requests=%d micros=%d refused=%d broken=%d late=%d\n', summary.requests,
    summary.duration, e.status, e.connect + e.read + e.write, e.timeout))
end
