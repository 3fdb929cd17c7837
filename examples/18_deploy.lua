-- A contract is deployed once and its coins are paid once, whatever happens in between: kill it at any
-- instant, then `runbook resume`. Its functions are methods, to ask and to send.
--
--   DEPLOYER_KEY=0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80 \
--     runbook run examples/18_deploy.lua
--
-- (the key of the first account of every development node)

local anvil = require 'anvil'
local eth = require 'eth'

local p = recipe {
  summary = 'Deploy a coin and pay the team',
  params = {
    key = param.secret { env = 'DEPLOYER_KEY', help = 'of the deploying account' },
    artifact = param.path { default = 'tests/contracts/artifacts/Coin.json', help = 'what the compiler wrote' },
    team = param.list { of = 'address', default = {
      '0x70997970C51812dc3A010C7d01b50e0d17dc79C8', '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
    } },
  },
}

local chain = eth.chain { url = anvil.start(), key = p.key, chain_id = 31337 }

local deployed = step('deploy the coin', function()
  return chain:deploy { artifact = p.artifact, args = { 'Example Coin', 'EXC', eth.ether(1000) } }
end)
local coin = chain:contract(p.artifact, deployed.address)

each('pay', p.team, { jobs = 4 }, function(member)
  return coin.send:transfer(member, eth.ether '2.5')
end)

local left = step('see what is left', function()
  return coin:balanceOf(chain.sender)
end)

output { coin = deployed.address, left = left:format(18) }
