-- The DON that watches prices: bridges to the adapters that know them, and for each feed a job on each node.

local feeds = require 'feeds'
local fs = require 'fs'
local jobs = require 'jobs'
local jobspecs = require 'jobspecs'
local nodes = require 'nodes'

local streams = {}

local TEMPLATES = 'recipes/crib/templates/late'
local LINK, NATIVE = 2, 3 -- among the feeds

--- Whether a DON offers prices.
function streams.is_meant(don)
  for _, capability in ipairs(don.capabilities) do
    if capability.id:find('^streams%-trigger@') then
      return true
    end
  end
  return false
end

--- Makes the bridges of feeds on nodes, a step for each node.
--- @return number how many were made or changed
function streams.put_bridges(list, watched)
  local put = each('put the bridges on', list, { key = 'name', jobs = 8 }, function(node)
    local api, changed = nodes.api(node), 0
    for _, feed in ipairs(watched) do
      local bridge = api:put_bridge { name = feed.bridge, bridge_url = feed.bridge_url }
      changed = changed + (bridge.changed and 1 or 0)
    end
    return changed
  end)
  local changed = 0
  for _, count in pairs(put) do
    changed = changed + count
  end
  return changed
end

local function wanted_on(node, feed, options)
  local keys, role = options.keys[node.name], node.bootstrap and 'bootstrap' or 'oracle'
  local boot = options.boot
  local text = jobspecs.render(options.templates[role], {
    feed_name = feed.name,
    feed_id = feed.id,
    bridge = feed.bridge,
    verifier_address = options.contract,
    chain_id = options.chain_id,
    ocr_key_bundle_id = keys.OCR2BundleID or '',
    transmitter_id = (keys.CSAPublicKey or ''):gsub('^csa_', ''),
    bootstrapper_p2p_id = jobspecs.bootstrapper {
      peer_id = options.keys[boot.name].P2PPeerID, host = boot.host, port = options.p2p_port,
    },
    link_feed_id = options.feeds[LINK].id,
    native_feed_id = options.feeds[NATIVE].id,
  })
  local wanted = jobs.wanted(text, keys.P2PPeerID, role)
  wanted.contract = nil -- the jobs of all feeds have it: it tells none of them
  return wanted
end

--- Puts the jobs of feeds on nodes, a step for each node and feed.
--- @param options table feeds, boot, keys (by name of the node), contract = the verifier, chain_id, p2p_port
--- @return number how many were written
function streams.put_jobs(place, list, options)
  local read = step('read the templates of feeds', function()
    return {
      bootstrap = fs.read(TEMPLATES .. '/streams_bootstrap.toml'),
      oracle = fs.read(TEMPLATES .. '/streams_oracle.toml'),
    }
  end)
  options.templates = read
  local written = 0
  for _, feed in ipairs(options.feeds) do
    local put = each('put the job of ' .. feeds.key(feed) .. ' on', list, { key = 'name', jobs = 8 },
      function(node)
        return jobs.put(place, node, wanted_on(node, feed, options)).done
      end)
    for _, done in pairs(put) do
      written = written + (done == 'kept' and 0 or 1)
    end
  end
  return written
end

return streams
