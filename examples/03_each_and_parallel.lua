-- `each` makes one step per item and `parallel` one per function; both return their results by key.
-- When one fails the others are kept, and a resume tries only what is missing.
--
--   runbook run examples/03_each_and_parallel.lua

local crypto = require 'crypto'

local members = {
  { name = 'ada', role = 'admin' },
  { name = 'bob', role = 'reader' },
  { name = 'eve', role = 'reader' },
}

local badges = each('make badges', members, { key = 'name', jobs = 2 }, function(member, name)
  return name .. '-' .. crypto.sha256(member.role):sub(1, 8)
end)

local counts = parallel('count roles', {
  admins = function()
    return 1
  end,
  readers = function()
    return 2
  end,
})

output { badge = badges.ada, people = counts.admins + counts.readers }
