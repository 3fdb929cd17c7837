-- A finished step is never done again, and so a wrong result stays wrong. `rewind` forgets the
-- results from a step on, says which effects will happen again, and the next resume does them anew.
--
--   echo 99 > size.txt; runbook run examples/12_rewind.lua     (fails: 99 is too many)
--   echo 3 > size.txt; runbook rewind @last --to 'read the size' --yes; runbook resume

local fs = require 'fs'

local name = step('choose a name', function()
  return 'cluster-' .. uuid():sub(1, 8) -- finished before the size was read, so it is kept
end)

local size = step('read the size', function()
  return tonumber(fs.read('size.txt'))
end)

step('make the machines', function()
  if size > 9 then
    fail { message = size .. ' machines are too many', hint = 'correct size.txt, then rewind' }
  end
  print(name .. ' has ' .. size .. ' machines')
end)

output { name = name, size = size }
