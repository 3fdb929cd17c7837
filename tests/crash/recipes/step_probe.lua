-- A step's own probe settles blind calls and says the result of the step.
local world = require 'world'

local function balance(name)
  return {
    probe = function(intents)
      assert(#intents >= 1 and intents[1].primitive == 'world.fire')
      if world.get(name) > 0 then
        return outcome.done { found = name }
      end
      return outcome.not_done()
    end,
  }
end

local a = step('one', balance 'a', function()
  world.fire 'a'
  return { found = 'a' }
end)

local all = each('many', { 'b', 'c', 'd' }, {
  jobs = 2,
  probe = function(intents)
    local name = intents[1].arguments.name
    return world.get(name) > 0 and outcome.done(name) or outcome.not_done()
  end,
}, function(name)
  world.fire(name)
  return name
end)

output { a = a, all = all }
