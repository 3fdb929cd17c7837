-- What a keystone cluster of several DONs is deployed with before it is provisioned: which nodes there are. Deploy it
-- with this file (deploy.lua, overrides), then provision.lua.
--
--   runbook run recipes/crib/preprovision

local dons = require 'dons'
local fs = require 'fs'
local overrides = require 'overrides'
local parameters = require 'parameters'

local p = recipe {
  name = 'crib/preprovision',
  summary = 'Write the overrides that a cluster of several DONs is deployed with first',
  params = parameters.of { 'dons', 'artefacts' },
}

local file = step('write crib-preprovision.yaml', function()
  local text = overrides.late_pre { dons = dons.sizes(p.dons) }
  return fs.write(p.artefacts .. '/crib-preprovision.yaml', text, { mode = '0600', parents = true })
end)
output { overrides = file.path, changed = file.changed }
