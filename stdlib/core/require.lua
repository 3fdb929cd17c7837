-- require. Written in Lua, so that a module may wait while it loads. `find(name)` gives the chunk
-- and its argument, or raises RB0204; `refuse_cycle(text)` raises.

local find, refuse_cycle = ...

local running = coroutine.running

local loaded = {}
-- Names being loaded, per coroutine: two branches may load the same module at once, which is no
-- cycle; the first to finish decides the value.
local chains = setmetatable({}, { __mode = 'k' })

local main = {} -- key of the main thread, where running() gives nil

local function check_cycle(chain, name)
  for i, earlier in ipairs(chain) do
    if earlier == name then
      refuse_cycle(table.concat(chain, ' → ', i) .. ' → ' .. name)
    end
  end
end

--- Loads a module once and returns what it returned.
--- Errors: RB0202 syntax · RB0204 no such module
--- @param name string a built-in, part of the standard library, or lib/NAME.lua beside the recipe
--- @return any
return function(name)
  local value = loaded[name]
  if value ~= nil then
    return value
  end
  local me = running() or main
  local chain = chains[me] or {}
  chains[me] = chain
  check_cycle(chain, name)
  local chunk, argument = find(name)
  chain[#chain + 1] = name
  local ok, result = pcall(chunk, argument)
  chain[#chain] = nil
  if not ok then
    error(result, 0)
  end
  if loaded[name] == nil then
    loaded[name] = result == nil and true or result
  end
  return loaded[name]
end
