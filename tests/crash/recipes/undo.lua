-- Steps that can be undone: nested, in each and parallel; one undo function fails at first, two have steps of
-- their own, one of them with the name of a step that is undone itself.
local world = require 'world'

local function back(name)
  return function(result)
    world.send('undo ' .. name .. ' (' .. tostring(result) .. ')')
  end
end

finally(function()
  world.send 'tidy up'
end)

step('first', { undo = back 'first' }, function()
  return world.send('first').did
end)

step('outer', {
  undo = function(result)
    step('inner', function()
      world.send 'undo outer, inner'
    end)
    back 'outer'(result)
  end,
}, function()
  local sent = world.send('outer').did
  step('inner', { undo = back 'inner' }, function()
    return world.send('inner').did
  end)
  group('group', function()
    step('deep', { undo = back 'deep' }, function()
      return world.send('deep').did
    end)
  end)
  return sent
end)

each('items', { 'a', 'b', 'c' }, { jobs = 2, undo = back 'item' }, function(item)
  return world.send('item ' .. item).did
end)

parallel('branches', {
  left = function()
    return step('leaf', { undo = back 'leaf' }, function()
      return world.send('leaf').did
    end)
  end,
  right = function()
    return world.send('right').did
  end,
})

step('handled', { undo = back 'handled' }, function()
  return 'not undone'
end)
pcall(step, 'refused', { undo = back 'refused' }, function()
  fail 'always'
end)

step('flaky', {
  undo = function()
    world.flaky { 'undo flaky', failures = 1 }
  end,
}, function()
  return world.broken('flaky').did
end)

step('last', {
  undo = function()
    step('inside', function()
      world.send 'undo last, inside'
    end)
    world.send 'undo last'
  end,
}, function()
  return world.send('last').did
end)

output { done = true }
