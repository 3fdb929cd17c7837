-- Constructors of parameters: param.url { env = 'RPC_URL' } is the table with its type.

local types = {
  'string',
  'integer',
  'number',
  'bigint',
  'boolean',
  'enum',
  'list',
  'url',
  'path',
  'duration',
  'address',
  'secret',
  'json',
}

--- @class param.Options
--- @field help? string one line for `runbook show` and questions
--- @field default? any taken when nothing is given
--- @field env? string environment variable to take it from
--- @field required? boolean false: may be left out, and is then nil
--- @field values? string[] param.enum: what may be chosen
--- @field of? string|table param.list: type of the items, 'address' or param.address {}
--- @field min? number param.integer, param.number
--- @field max? number param.integer, param.number
--- @field may_change? boolean true: a resume may be given another value (the URL of another node, a new token)
--- @field file? string param.secret: file that holds the value

--- The types of parameters.
--- @class param
--- @field string fun(options?: param.Options): string
--- @field integer fun(options?: param.Options): integer
--- @field number fun(options?: param.Options): number
--- @field bigint fun(options?: param.Options): bigint
--- @field boolean fun(options?: param.Options): boolean
--- @field enum fun(options?: param.Options|string[]): string
--- @field list fun(options?: param.Options): any[]
--- @field url fun(options?: param.Options): string
--- @field path fun(options?: param.Options): string
--- @field duration fun(options?: param.Options): string
--- @field address fun(options?: param.Options): string
--- @field secret fun(options?: param.Options): string
--- @field json fun(options?: param.Options): any
local M = {}

for _, kind in ipairs(types) do
  M[kind] = function(options)
    if options ~= nil and type(options) ~= 'table' then
      error('param.' .. kind .. ' takes a table of options, not a ' .. type(options), 2)
    end
    local declaration = { type = kind }
    for key, value in pairs(options or {}) do
      -- param.enum { 'dev', 'prod' } lists its values without a name
      if kind == 'enum' and type(key) == 'number' then
        declaration.values = declaration.values or {}
        declaration.values[key] = value
      else
        declaration[key] = value
      end
    end
    return declaration
  end
end

return setmetatable(M, {
  __index = function(_, name)
    error('there is no param.' .. tostring(name) .. '; the types are ' .. table.concat(types, ', '), 2)
  end,
})
