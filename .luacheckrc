-- luacheck: what a recipe may name is the sandbox's list plus the globals of the Lua surface.
max_line_length = 120
exclude_files = { 'examples/node_modules', 'build*' }

stds.recipe = {
  read_globals = {
    'assert', 'error', 'getmetatable', 'ipairs', 'load', 'next', 'pairs', 'pcall', 'print', 'rawequal', 'rawget',
    'rawset', 'require', 'select', 'setmetatable', 'tonumber', 'tostring', 'type', 'unpack', 'xpcall',
    'bigint', 'bit', 'coroutine', 'math', 'string', 'table',
    'recipe', 'param', 'target',
    'step', 'group', 'each', 'parallel', 'wait_until', 'sleep', 'setup',
    'gate', 'ask', 'manual',
    'output', 'attach', 'note', 'log', 'fail', 'skip',
    'finally', 'on_fail',
    'now', 'random', 'uuid', 'env', 'secret', 'outcome',
  },
}

std = 'luajit'
files['modules'] = { read_globals = { 'bigint', 'target' } }
files['examples'] = { std = 'recipe' }
files['recipes'] = { std = 'recipe' }
files['tests/crash/recipes'] = { std = 'recipe' }
files['tests/recipes'] = { std = 'recipe' }
files['tests/bench/chains'] = { std = 'recipe' }
