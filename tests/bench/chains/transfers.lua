-- 1,000 transfers from one key, as chains/ethers.mjs and chains/viem.mjs make them, each a step.
local eth = require 'eth'

local p = recipe {
  params = {
    url = param.url { env = 'CHAIN_URL' },
    key = param.secret { env = 'SENDER_KEY' },
    count = param.integer { default = 1000 },
  },
}
local chain = eth.chain { url = p.url, key = p.key, in_flight = 1000 }

local receivers = {}
for number = 1, p.count do
  receivers[number] = ('0x%040x'):format(0xf00d0000 + number - 1)
end

each('pay', receivers, { jobs = p.count }, function(receiver)
  return chain:transfer { to = receiver, value = 1 }
end)
