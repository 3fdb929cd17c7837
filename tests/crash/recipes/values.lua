-- Recorded values decide names and branches: nothing may be decided twice.
local world = require 'world'

local id = uuid()
local session = env 'CRASH_SESSION'
local coin = random(1, 1000000)
local time = now 'start'

step('first', function()
  local key = uuid()
  world.send('keyed#' .. key)
  world.send('again#' .. key)
  world.set('any-' .. key)
  return true
end)

step('second', function()
  world.send('run id#' .. id)
  world.send('session#' .. session)
  world.send('coin#' .. coin)
  world.send('time#' .. time)
  local inside = env 'CRASH_SESSION'
  world.send('inside#' .. inside)
  return uuid 'a' == uuid 'a' and now 'b' == now 'b'
end)

local steps = {}
for number = 1, 1 + coin % 2 do
  steps[number] = step('maybe ' .. number, function()
    return uuid()
  end)
end

output { same = id == id, count = #steps == 1 + coin % 2 }
