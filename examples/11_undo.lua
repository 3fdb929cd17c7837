-- A step may say how it is undone. `runbook undo` runs these functions backwards, each as a step of
-- its own, with the result that its step had: killed in the middle, it goes on where it stopped.
--
--   runbook run examples/11_undo.lua; runbook undo @last --yes

local fs = require 'fs'

local folder = step('make a folder', {
  undo = function(made)
    fs.remove(made, { recursive = true })
  end,
}, function()
  fs.make_directory('.runbook/example-11')
  return '.runbook/example-11'
end)

each('write a file', { 'users', 'roles' }, {
  undo = function(written)
    fs.remove(written)
  end,
}, function(name)
  local file = folder .. '/' .. name
  fs.write(file, name .. '\n')
  return file
end)

finally(function()
  print('it ends: done or undone')
end)

output { folder = folder }
