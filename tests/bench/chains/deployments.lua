-- Ten counters, as ignition/modules/Counters.js deploys them.
local eth = require 'eth'

local p = recipe {
  params = {
    url = param.url { env = 'CHAIN_URL' },
    key = param.secret { env = 'SENDER_KEY' },
  },
}
local chain = eth.chain { url = p.url, key = p.key }

local numbers = {}
for number = 0, 9 do
  numbers[number + 1] = number
end

output(each('deploy', numbers, { key = tostring, jobs = 10 }, function(number)
  return chain:deploy { artifact = 'artifacts/contracts/Counter.sol/Counter.json', args = { number } }.address
end))
