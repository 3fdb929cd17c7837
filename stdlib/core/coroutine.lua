-- Coroutines of a recipe. A primitive that waits yields to the scheduler with a private tag; a
-- coroutine of the recipe on the way passes it on, and brings the scheduler's answer back.

local raw, await_tag = ...

local create, status, running = raw.create, raw.status, raw.running
local raw_resume, raw_yield = raw.resume, raw.yield

-- Coroutines that the recipe made: only in these it may yield.
local ours = setmetatable({}, { __mode = 'k' })

local M = { status = status, running = running }

local function pass(co, ok, tag, ...)
  if ok and tag == await_tag then
    return pass(co, raw_resume(co, raw_yield(tag, ...)))
  end
  return ok, tag, ...
end

local function raise_or_return(ok, ...)
  if ok then
    return ...
  end
  error((...), 0)
end

--- Makes a coroutine of a function.
--- @param fn function
--- @return thread
function M.create(fn)
  local co = create(fn)
  ours[co] = true
  return co
end

--- Goes on with a coroutine; what it waits for, the caller waits for.
--- @param co thread
--- @return boolean ok, any ...
function M.resume(co, ...)
  return pass(co, raw_resume(co, ...))
end

--- A function that goes on with a coroutine at every call and raises what it raises.
--- @param fn function
--- @return function
function M.wrap(fn)
  local co = M.create(fn)
  return function(...)
    return raise_or_return(pass(co, raw_resume(co, ...)))
  end
end

--- Gives values to the coroutine's caller.
--- @return any ... what the next resume is given
function M.yield(...)
  if not ours[running()] then
    error('coroutine.yield outside a coroutine that the recipe made', 2)
  end
  return raw_yield(...)
end

--- True where coroutine.yield may be called.
--- @return boolean
function M.isyieldable()
  return ours[running()] == true
end

return M
