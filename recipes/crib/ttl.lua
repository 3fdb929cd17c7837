-- How long the namespace of a cluster lives, counted from now.
--
--   runbook run recipes/crib/ttl -p namespace=crib-henry -p context=main-stage-cluster-crib -p ttl=7d

local deployment = require 'deployment'
local kubectl = require 'kubectl'
local parameters = require 'parameters'

local p = recipe {
  name = 'crib/ttl',
  summary = 'Say how long the namespace of the cluster lives',
  params = parameters.of({ 'namespace', 'kubeconfig', 'ttl', 'at', 'relative' }, {
    context = param.string { help = 'kube context of the cluster' },
  }),
  needs = { kubectl = parameters.kubectl },
}

local cluster = kubectl.cluster { context = p.context, namespace = p.namespace, kubeconfig = p.kubeconfig }
output { lives_until = deployment.label(cluster, p.namespace, p) }
