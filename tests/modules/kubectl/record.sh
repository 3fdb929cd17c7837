#!/bin/sh
# Records tests/modules/kubectl/recorded anew: what the real kubectl does with the arguments of our primitives, against
# the control plane of tests/real. By hand, where a primitive's arguments change or a newer kubectl is tried:
#   sh tests/modules/kubectl/record.sh [the names of some cases]
set -eu
here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd)
tests=$(CDPATH='' cd -- "$here/../.." && pwd)
plane=$(mktemp -d)
wanted=" $* "
sh "$tests/real/control_plane.sh" "$plane" 36443 36250 &
pid=$!
trap 'kill $pid; wait $pid || :; rm -rf "$plane"' EXIT
until [ -e "$plane/ready" ]; do kill -0 $pid; sleep 0.1; done

export PATH="${RUNBOOK_REAL_CACHE:-${HOME:?}/.cache/runbook-real}/bin:$PATH"

# Three contexts that do not work, beside admin and nobody.
export KUBECONFIG="$plane/kubeconfig"
kubectl config set-cluster nowhere --server=https://127.0.0.1:1 >/dev/null
kubectl config set-cluster untrusted --server=https://127.0.0.1:36443 >/dev/null
kubectl config set-credentials stranger --token=none >/dev/null
kubectl config set-context stranger --cluster=test --user=stranger >/dev/null
kubectl config set-context nowhere --cluster=nowhere --user=admin >/dev/null
kubectl config set-context untrusted --cluster=untrusted --user=admin >/dev/null
cd "$here"

# keep NAME ARGUMENT…: the case NAME; its stdin is what the fake will want. Everything runs, so that what comes later
# finds its objects; only the cases that are wanted are kept.
keep() {
  name=$1
  shift
  folder=recorded
  [ "$wanted" = '  ' ] || case $wanted in *" $name "*) ;; *) folder=$plane ;; esac
  sh "$tests/fakes/record.sh" "$folder" "$name" kubectl "$@"
  sed -i "s|$plane|/plane|g" "$folder/$name".*  # the fake wants the same text on every machine
}
# As our primitives ask: in the namespace web, in none, and as another context.
web() { name=$1; shift; keep "$name" --context=admin --namespace=web --request-timeout=30s "$@"; }
lasting() { name=$1; shift; keep "$name" --context=admin --namespace=web "$@"; }
whole() { name=$1; shift; keep "$name" --context=admin --request-timeout=30s "$@"; }
as() { name=$1 context=$2; shift 2; keep "$name" "--context=$context" --namespace=web --request-timeout=30s "$@"; }

. ./record_pods.sh </dev/null
. ./record_cases.sh </dev/null
