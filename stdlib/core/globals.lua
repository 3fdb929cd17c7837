-- The Lua face of the globals: sorts arguments into the order the host takes them, and no more. `host` holds the host's
-- functions, each already raising its errors.
local host = ...

local G = {}

local function is_callable(value)
  return type(value) == 'function'
end

local function split(name, options, fn)
  if fn == nil and is_callable(options) then
    return name, nil, options
  end
  return name, options, fn
end

--- @class step.Options
--- @field retry? integer|table attempts in all, or { attempts, initial, max, factor, jitter, on }
--- @field timeout? string duration of one attempt
--- @field probe? fun(intents: table): table of outcome: what became of an attempt that was cut off
--- @field undo? fun(result: any): any takes it back
--- @field idempotent? boolean an attempt that was cut off may simply be made again
--- @field on_unknown? 'ask'|'rerun'|'fail'
--- @field renamed_from? string its name in earlier sessions
--- @field inputs? any compared on resume, to say what changed
--- @field reads? boolean it only looks

--- @class each.Options: step.Options
--- @field key? string|fun(item: any, index: integer): any names an item; required where items are tables
--- @field jobs? integer how many at once
--- @field keep_going? boolean one failure does not stop the others; they are raised together

--- @class wait_until.Options: step.Options
--- @field every? string duration between two looks
--- @field why? fun(): string what it sees, while it waits

--- @class gate.Options
--- @field by? string|string[] user, "@group": who may answer
--- @field expires? string duration
--- @field show? table what the answer is about
--- @field text? string markdown

--- Runs a named unit of work once; later sessions get its recorded result.
--- Errors: RB1201 bad name · RB1202 name taken · whatever the body raises
--- @param name string unique within the enclosing step
--- @param options? step.Options|function may be left out
--- @param fn? function the work; what it returns is recorded as data
--- @return any result
function G.step(name, options, fn)
  name, options, fn = split(name, options, fn)
  return host.step(name, options, fn)
end

--- Prefixes the names of the steps inside.
--- @param name string
--- @param fn function
function G.group(name, fn)
  return host.group(name, fn)
end

local fan_out_options = { key = true, jobs = true, keep_going = true }

local function fan_options(options, default_jobs)
  local item, fan = {}, { jobs = default_jobs, keep_going = false }
  for name, value in pairs(options or {}) do
    if fan_out_options[name] then
      fan[name] = value
    else
      item[name] = value
    end
  end
  return item, fan
end

--- One step per item of a list, `name/<key>`, one at a time unless `jobs` says otherwise.
--- @param name string
--- @param list table array of strings, numbers, or tables (then `key` is required)
--- @param options? each.Options|fun(item: any, key: string): any may be left out
--- @param fn? fun(item: any, key: string): any
--- @return table results by key
function G.each(name, list, options, fn)
  if fn == nil and is_callable(options) then
    options, fn = nil, options
  end
  local item_options, fan = fan_options(options, 1)
  local keys = {}
  if type(list) ~= 'table' then
    error('each("' .. tostring(name) .. '"): the list is a ' .. type(list), 2)
  end
  for index, item in ipairs(list) do
    local key = fan.key
    if is_callable(key) then
      key = key(item, index)
    elseif key ~= nil then
      key = type(item) == 'table' and item[key] or nil
      if key == nil then
        error('each("' .. tostring(name) .. '"): item ' .. index .. ' has no field "' .. tostring(fan.key) .. '"', 2)
      end
    elseif type(item) == 'table' then
      error('each("' .. tostring(name) .. '"): items that are tables need key = "field" or key = function', 2)
    else
      key = item
    end
    keys[index] = tostring(key)
  end
  return host.fan_out(name, item_options, fan.jobs, fan.keep_going, keys, list, fn)
end

--- Functions side by side, each a step `name/<key>`; the first failure cancels the others.
--- @param name string
--- @param functions table functions by key
--- @param options? each.Options
--- @return table results by key
function G.parallel(name, functions, options)
  local item_options, fan = fan_options(options, 0)
  local keys, list = {}, {}
  if type(functions) ~= 'table' then
    error('parallel("' .. tostring(name) .. '"): the functions are a ' .. type(functions), 2)
  end
  for key, fn in pairs(functions) do
    keys[#keys + 1] = tostring(key)
    list[#list + 1] = fn
  end
  return host.fan_out(name, item_options, fan.jobs, fan.keep_going, keys, list, nil)
end

--- A step that looks again and again until its function returns something.
--- @param name string
--- @param options? wait_until.Options|function may be left out
--- @param fn? function may only read; nil or false means not yet
--- @return any found
function G.wait_until(name, options, fn)
  name, options, fn = split(name, options, fn)
  return host.wait_until(name, options, fn)
end

--- A step that waits until somebody approves or denies it.
--- Errors: RB1218 denied · RB1219 nobody answered in time
--- @param name string
--- @param options? gate.Options
--- @return table { by, at, comment }
function G.gate(name, options)
  return host.question('gate', name, nil, options)
end

--- A step that asks a person for values; they are recorded.
--- Errors: RB1218 denied · RB1219 nobody answered in time
--- @param name string
--- @param fields table what is asked for: { region = param.enum { 'eu', 'us' } }
--- @param options? gate.Options
--- @return table the answers by field
function G.ask(name, fields, options)
  return host.question('ask', name, fields, options)
end

--- A step that a person does by hand: it waits until they say that it is done.
--- Errors: RB1218 it could not be done · RB1219 nobody answered in time
--- @param name string
--- @param options? table text = markdown, ask = fields that are wanted back; and those of gate
--- @return table the answers by field; { by, at, comment } if nothing is asked for
function G.manual(name, options)
  if type(options) ~= 'table' or options.ask == nil then
    return host.question('manual', name, nil, options)
  end
  local others = {}
  for key, value in pairs(options) do
    if key ~= 'ask' then
      others[key] = value
    end
  end
  return host.question('manual', name, options.ask, others)
end

--- Waits, also over sessions: a resume waits for what is left.
--- Errors: RB0816 no duration
--- @param name string
--- @param duration string "30s", "24h"
G.sleep = host.sleep

--- Runs at every start and resume, before the step that follows. May only read.
--- @param fn function
--- @return any result
G.setup = host.setup

--- Named results of the run, merged with earlier ones.
--- @param values table
G.output = host.output

--- Keeps a file's content in the journal.
--- @param path string relative to the project's root
--- @param options? { caption: string }
--- @return table { name, sha256, size }
G.attach = host.attach

--- A remark in the journal, said once.
--- @param markdown string
G.note = host.note

--- A line on stderr and in the step's log, said once.
--- @param text string
G.log = host.log

--- Raises; where nothing catches it, the session ends with this exit code.
--- @param problem string|{ [1]: string, hint: string?, code: string?, exit: 1|2|12|40? }
G.fail = host.fail

--- Ends the innermost step as skipped; its result is nil.
--- @param reason string
G.skip = host.skip

--- Runs once, when the run ends for good. May act.
--- @param fn function
G.finally = host.finally

--- Runs once in each session that fails. May act.
--- @param fn function
G.on_fail = host.on_fail

--- Seconds since 1970, recorded.
--- @param name? string
--- @return number
G.now = host.now

--- Recorded: random() in [0, 1), random(n) in 1…n, random(low, high).
--- @param low? integer
--- @param high? integer
--- @return number
G.random = host.random

--- Recorded; inside a step the same for all its attempts: an idempotency key.
--- @param name? string
--- @return string
G.uuid = host.uuid

--- A variable of the environment, recorded. Not for secrets.
--- @param variable string
--- @param default? any without it an unset variable is an error
--- @return any
G.env = host.env

--- A reference to a secret: its value is in no journal, log or error.
--- @param name string
--- @param options? { env: string?, file: string? }
--- @return string
G.secret = host.secret

--- @class recipe.Header
--- @field name? string "crib/deploy"
--- @field version? string
--- @field summary? string one line
--- @field description? string markdown
--- @field params? table<string, table> name = param.string { … }
--- @field needs? table<string, string> command line tools: kubectl = ">=1.27", devspace = "*"
--- @field target? fun(p: table): any what the run acts on: recorded, compared on resume
--- @field lock? string|fun(p: table): string one run at a time per name
--- @field allow? { run: string[]?, net: string[]?, write: string[]? } everything else is refused
--- @field limits? { lua_time: string?, memory: string? }

--- What the recipe says of itself, before its first step.
--- @param header recipe.Header
--- @return table parameters by name, read-only
G.recipe = host.recipe

--- What the run acts on: recorded, and compared on resume.
--- @param name string
--- @param read fun(): any may only read
--- @param verify? fun(recorded: any, ended_calls: table[]): boolean|string|table instead of comparing
G.target = host.target

--- What a step's probe returns.
--- @class outcome
--- @field done fun(value: any): table it happened; the step's result
--- @field failed fun(problem: any): table it ended, and failed
--- @field not_done fun(): table it did not happen
--- @field in_progress fun(why: string): table it goes on: looked at again
--- @field cannot_tell fun(seen: string): table a person decides
G.outcome = {
  done = function(value)
    return { kind = 'done', value = value }
  end,
  failed = function(problem)
    return { kind = 'failed', error = problem }
  end,
  not_done = function()
    return { kind = 'not_done' }
  end,
  in_progress = function(why)
    return { kind = 'in_progress', text = why }
  end,
  cannot_tell = function(seen)
    return { kind = 'cannot_tell', text = seen }
  end,
}

-- Every Lua of the host has `bigint` (engine/lua/bigint.cc), also a header that is read without a run.

--- An amount on chain: a whole number from -2^255 to 2^256 - 1, exact or refused, never a double. With
--- + - * / % ^ and == ~= < <= it takes bigints, whole numbers up to 2^53, and strings of digits. / and %
--- truncate towards zero, as Solidity's do. As the key of a table it is like any object: use tostring(x).
--- Errors: RB1312 no whole number · RB1313 beyond 256 bits, or division by zero
--- @class bigint
--- @field to_hex fun(self: bigint): string '0x1f'
--- @field to_number fun(self: bigint): number RB1313 beyond 2^53
--- @field format fun(self: bigint, unit?: string|integer): string '0.05' in a unit or with so many decimals
--- @operator add(bigint|number|string): bigint
--- @operator sub(bigint|number|string): bigint
--- @operator mul(bigint|number|string): bigint
--- @operator div(bigint|number|string): bigint
--- @operator mod(bigint|number|string): bigint
--- @operator pow(bigint|number|string): bigint
--- @operator unm: bigint
--- @operator concat(string): string

--- bigint '1000' · bigint '0x3e8' · bigint '0.05 ether' · bigint(2, 'gwei') · bigint('1.5', 6)
--- @alias bigint.make fun(value: bigint|number|string, unit?: 'wei'|'gwei'|'ether'|integer): bigint

return G
