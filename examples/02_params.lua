-- Parameters are typed and checked together, before anything happens. They come from -p, a file
-- (-P), the environment, or a default, in that order.
--
--   runbook run examples/02_params.lua -p region=eu -p replicas=3 -p wait=90s

local p = recipe {
  name = 'examples/params',
  summary = 'Shows what was given',
  params = {
    region = param.enum { values = { 'eu', 'us' }, help = 'where to deploy' },
    replicas = param.integer { default = 2, min = 1, max = 9 },
    wait = param.duration { default = '30s', env = 'EXAMPLE_WAIT' },
    hosts = param.list { of = 'string', default = { 'a', 'b' } },
  },
}

output {
  plan = p.replicas .. ' replicas in ' .. p.region .. ' on ' .. table.concat(p.hosts, ', '),
  wait = p.wait,
}
