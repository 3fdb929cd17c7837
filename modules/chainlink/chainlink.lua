-- Beside the primitives: a handle, which is a table of options with the primitives as methods.
local raw = ...

local M = {}
for name, fn in pairs(raw) do
  M[name] = fn
end

--- @class chainlink.NodeOptions
--- @field url string of the node
--- @field name? string what messages call it; its address if absent
--- @field email? string of the node's user
--- @field password? string of the node's user, a secret
--- @field credentials? string instead of both: the two lines of the node's own file, a secret
--- @field api_key? string instead of email and password, a secret
--- @field api_secret? string that belongs to api_key, a secret
--- @field ca_file? string PEM file of those who may vouch for the node
--- @field timeout? string for a whole call, 1m if absent
--- @field request_timeout? string for each request, 30s if absent

--- A node, and who asks it. Its methods have the names of the primitives and take what these take
--- (`runbook explain chainlink.create_job`), without what the handle knows already.
--- @class chainlink.Node
--- @field name? string
--- @field url string
local Node = {}
Node.__index = Node

for name, fn in pairs(raw) do
  Node[name] = function(node, more)
    local options = {}
    for key, value in pairs(node.options) do
      options[key] = value
    end
    for key, value in pairs(more or {}) do
      options[key] = value
    end
    return fn(options)
  end
end

--- A node, and who asks it. Makes no request: the first call that must logs in.
--- @param options chainlink.NodeOptions
--- @return chainlink.Node
function M.node(options)
  local own = { node = options.name }
  for key, value in pairs(options) do
    if key ~= 'name' then
      own[key] = value
    end
  end
  return setmetatable({ name = options.name, url = options.url, options = own }, Node)
end

return M
