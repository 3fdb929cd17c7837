#!/bin/sh
# A Kubernetes control plane of its own on 127.0.0.1, until it is told to end (INT, TERM), of the programs that
# setup.sh has put into its cache: sh tests/real/control_plane.sh FOLDER [PORT OF THE API] [PORT OF THE NODES]
# Once FOLDER/ready is there, FOLDER/kubeconfig (0600) has two contexts: `admin`, who may do everything, and `nobody`,
# who may do nothing. Everything it writes is in FOLDER, its programs' words in FOLDER/*.log. By hand:
#   sh tests/real/control_plane.sh /tmp/plane &   KUBECONFIG=/tmp/plane/kubeconfig kubectl get nodes
#
# Pods only pretend to run (kwok): scheduled, they are Running and Ready at once, and those of a Job complete. All of
# them log FOLDER/pod_log (lines as a container runtime writes them); exec and cp run on this machine, in
# FOLDER/pod_files, as whoever started this; every port of theirs forwards to kwok, which answers GET /healthz "ok".
# Nothing pretends on the node `still`: a pod with `nodeName: still` stays as the test says with
# `kubectl patch --subresource=status`, which is how images that cannot be pulled and crashing containers are played;
# deleted, it stays Terminating (and so does its namespace) until `--grace-period=0 --force`.
set -eu

[ $# -ge 1 ] || { printf 'usage: sh %s FOLDER [API PORT] [NODE PORT]\n' "$0" >&2; exit 2; }
mkdir -p "$1/pod_files"
folder=$(CDPATH='' cd -- "$1" && pwd)
api_port=${2:-16443}
node_port=${3:-16250}
programs=${RUNBOOK_REAL_CACHE:-${HOME:?}/.cache/runbook-real}/bin
cd "$folder"
umask 077

pids=
stop() {
  # shellcheck disable=SC2086  # one word per process
  [ -z "$pids" ] || kill -9 $pids 2>/dev/null || :
  wait
}
trap stop EXIT
trap 'exit 143' INT TERM HUP

# start PROGRAM ARGUMENT…: in the background; the kernel ends it if this script is killed.
start() {
  program=$1
  shift
  setpriv --pdeathsig KILL "$programs/$program" "$@" >"$folder/$program.log" 2>&1 &
  pids="$pids $!"
}

# until_true COMMAND…: twenty times a second, for a minute at most, while all programs are alive.
until_true() {
  tries=1200
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    for pid in $pids; do
      if [ "$tries" = 0 ] || ! kill -0 "$pid"; then
        printf 'the control plane did not start:\n' >&2
        tail -n 5 "$folder"/*.log >&2
        exit 1
      fi
    done
    sleep 0.05
  done
}

# One pair for the API's TLS, the nodes' TLS and the tokens of service accounts.
make_keys() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=runbook-test -addext subjectAltName=IP:127.0.0.1 \
    -keyout key.pem -out certificate.pem 2>openssl.log
  token=$(openssl rand -hex 16)
  nobody=$(openssl rand -hex 16)
  printf '%s,admin,admin,system:masters\n%s,nobody,nobody\n' "$token" "$nobody" >tokens.csv
}

# user NAME TOKEN
user() { printf -- '- {name: %s, user: {token: %s}}\n' "$1" "$2"; }
context() { printf -- '- {name: %s, context: {cluster: test, user: %s}}\n' "$1" "$1"; }
write_kubeconfig() {
  cat >kubeconfig <<EOF
apiVersion: v1
kind: Config
current-context: admin
clusters:
- {name: test, cluster: {server: "https://127.0.0.1:$api_port", certificate-authority: $folder/certificate.pem}}
contexts:
$(context admin)
$(context nobody)
users:
$(user admin "$token")
$(user nobody "$nobody")
EOF
}

write_pretence() {
  printf '2026-01-01T00:00:00.000000000Z stdout F hello from the pod\n' >pod_log
  cat >kwok.yaml <<EOF
apiVersion: kwok.x-k8s.io/v1alpha1
kind: ClusterLogs
metadata: {name: all}
spec: {logs: [{logsFile: "$folder/pod_log", follow: true}]}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: ClusterExec
metadata: {name: all}
spec: {execs: [{local: {workDir: "$folder/pod_files"}}]}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: ClusterPortForward
metadata: {name: all}
spec: {forwards: [{target: {address: 127.0.0.1, port: $node_port}}]}
EOF
  cat >nodes.yaml <<EOF
apiVersion: v1
kind: Node
metadata: {name: kwok, annotations: {kwok.x-k8s.io/node: fake}}
---
apiVersion: v1
kind: Node
metadata: {name: still}
spec: {taints: [{key: still, effect: NoSchedule}]}
EOF
}

kubectl() { "$programs/kubectl" --kubeconfig "$folder/kubeconfig" --cache-dir "$folder/discovery" "$@"; }

make_keys
write_kubeconfig
write_pretence
# etcd needs no port: the only client is on this machine.
start etcd --data-dir "$folder/etcd" --unsafe-no-fsync --log-level warn \
  --listen-client-urls unix://etcd-client:0 --advertise-client-urls unix://etcd-client:0 \
  --listen-peer-urls unix://etcd-peer:0 --initial-advertise-peer-urls unix://etcd-peer:0 \
  --initial-cluster default=unix://etcd-peer:0
start kube-apiserver --etcd-servers "unix://$folder/etcd-client:0" --bind-address 127.0.0.1 --secure-port "$api_port" \
  --tls-cert-file certificate.pem --tls-private-key-file key.pem --cert-dir "$folder/certificates" \
  --token-auth-file tokens.csv --authorization-mode RBAC --service-cluster-ip-range 10.0.0.0/24 \
  --disable-admission-plugins ServiceAccount,TaintNodesByCondition \
  --service-account-issuer https://127.0.0.1 --service-account-key-file key.pem \
  --service-account-signing-key-file key.pem --kubelet-preferred-address-types InternalIP
until_true kubectl get --raw /readyz
# With its controller of nodes, nodes without a lease would not stay ready.
start kube-controller-manager --kubeconfig kubeconfig --secure-port 0 --leader-elect=false \
  --controllers '*,-node-lifecycle-controller' --service-account-private-key-file key.pem
start kube-scheduler --kubeconfig kubeconfig --secure-port 0 --leader-elect=false
start kwok --kubeconfig kubeconfig --config kwok.yaml --manage-all-nodes=false \
  --manage-nodes-with-annotation-selector kwok.x-k8s.io/node=fake --node-ip 127.0.0.1 --node-port "$node_port" \
  --server-address "127.0.0.1:$node_port" --tls-cert-file certificate.pem --tls-private-key-file key.pem
kubectl apply -f nodes.yaml >/dev/null
until_true kubectl wait --for condition=Ready node/kwok --timeout 1s
# Pods of a namespace are refused until it has this.
until_true kubectl get serviceaccount default
: >ready
printf 'KUBECONFIG=%s/kubeconfig\n' "$folder"
wait
