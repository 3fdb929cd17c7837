-- A ready rule may be a function of the recipe: C++ cannot call one that waits, so the waiting is
-- done here, one turn of service.wait after the other.
local raw = ...

local M = {}
for name, fn in pairs(raw) do
  M[name] = fn
end

-- { ready = fn } and { ready = { fn, timeout = '1m', every = '500ms' } }
local function function_rule(ready)
  if type(ready) == 'function' then
    return { ready }
  end
  if type(ready) == 'table' and type(ready[1]) == 'function' then
    return ready
  end
end

function M.start(options)
  local rule = type(options) == 'table' and function_rule(options.ready)
  if not rule then
    return raw.start(options)
  end
  local plain = {}
  for key, value in pairs(options) do
    if key ~= 'ready' then
      plain[key] = value
    end
  end
  local started = raw.start(plain)
  local waited = 0
  while not rule[1](started) do
    waited = raw.wait({
      name = started.name,
      waited = waited,
      timeout = rule.timeout,
      every = rule.every,
    })
  end
  return started
end

return M
