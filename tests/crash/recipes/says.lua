-- What a run says and keeps: outputs, notes, attachments, project state.
local fs = require 'fs'
local state = require 'state'
local world = require 'world'

output { begun = true }
note 'begun'
note 'begun'

local file = step('write', function()
  fs.write('report.txt', 'the report')
  note 'written'
  attach('report.txt', { caption = 'a report' })
  world.send 'a'
  note 'sent'
  output { written = true }
  return 'report.txt'
end)

attach(file)

step('remember', function()
  state.put('crash/a', { n = 1 })
  world.send 'b'
  state.put('crash/b', state.get('crash/a').n + 1)
  return state.get 'crash/b'
end)

step('end', function()
  return world.broken('end').did
end)

note 'done'
output { done = true }
