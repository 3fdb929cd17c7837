-- xpcall whose handler runs after the failed function has been left: LuaJIT runs it inside, where
-- no hook reaches it (a handler that never ends could not be stopped) and where it may not wait.

local function finish(handler, ok, ...)
  if ok then
    return true, ...
  end
  return false, handler(...)
end

--- Calls fn(...) and gives true and its results, or false and what handler makes of the error.
--- @param fn function
--- @param handler function
--- @return boolean ok, any ...
return function(fn, handler, ...)
  return finish(handler, pcall(fn, ...))
end
