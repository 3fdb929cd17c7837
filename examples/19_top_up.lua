-- Accounts are filled up to an amount, but only those that have too little: what is on its way counts
-- too, also that of other runs. Without a key: the node keeps the account unlocked.
--
--   runbook run examples/19_top_up.lua

local anvil = require 'anvil'
local eth = require 'eth'

local chain = eth.chain {
  url = anvil.start(),
  account = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
  fees = { max_spend = eth.ether '0.01' },
}
local nodes = {
  '0x000000000000000000000000000000000000f00d',
  '0x000000000000000000000000000000000000cafe',
}

step('pay the first a little', function()
  return chain:transfer { to = nodes[1], value = eth.ether '0.4' }
end)

-- Below a quarter of an ether they get what is missing to half of one.
local filled = each('fill', nodes, { jobs = 4 }, function(node)
  return chain:top_up { to = node, target = eth.ether '0.5', below = eth.ether '0.25' }
end)

step('look', function()
  for _, node in ipairs(nodes) do
    log(node .. ' has ' .. chain:balance(node):format 'ether' .. ' ether')
  end
end)

output { first = filled[nodes[1]].sent, second = filled[nodes[2]].value:format 'ether' }
