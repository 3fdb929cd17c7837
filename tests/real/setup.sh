#!/bin/sh
# What the second tier needs beyond tests/run.sh: the sanitizer and fuzzing runtime of clang, and real chains and
# their tools in a cache outside the tree (RUNBOOK_REAL_CACHE, ~/.cache/runbook-real): bin/geth, hardhat/ with the
# packages of package.json, and in bin/ the Kubernetes control plane of kubernetes/go.mod (control_plane.sh).
# What is not to be had is said, and the tests that need it are skipped. Safe to run again.
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cache=${RUNBOOK_REAL_CACHE:-${HOME:?}/.cache/runbook-real}
geth_version=1.14.12

say() { printf 'setup: %s\n' "$*" >&2; }
lack() { printf '!! SKIPPED: %s is not to be had: %s\n' "$1" "$2" >&2; }

have_geth() { "$cache/bin/geth" version 2>/dev/null | grep -q "^Version: $geth_version"; }

fetch_geth() {
  if have_geth; then return; fi
  if ! command -v go >/dev/null 2>&1; then
    lack geth 'Go is not installed'
    return
  fi
  say "building geth $geth_version (a minute and a half, once)"
  GOBIN=$cache/bin GOFLAGS=-mod=mod go install "github.com/ethereum/go-ethereum/cmd/geth@v$geth_version" >&2 ||
    lack geth 'go install failed'
}

# kwok leaves the stdin of a command open, so that `cat` would not end, and keeps its exit code to itself.
mend_kwok() {
  version=$(sed -n 's|^\tsigs.k8s.io/kwok \(v.*\)|\1|p' go.mod)
  (cd / && go mod download "sigs.k8s.io/kwok@$version") || return 1
  rm -rf kwok
  cp -r "$(go env GOMODCACHE)/sigs.k8s.io/kwok@$version" kwok
  chmod -R u+w kwok
  cp "$1/exit_code.go" kwok/pkg/kwok/server/
  sed -i 's/_, _ = io.Copy(inPipe, opt.In)/&; _ = inPipe.Close()/' kwok/pkg/utils/exec/exec.go
  sed -i '/^func (s \*Server) execInContainer(/,/^}/s/exec.Exec(.*)$/withExitCode(&)/' kwok/pkg/kwok/server/debugging_exec.go
  grep -q 'inPipe.Close' kwok/pkg/utils/exec/exec.go && grep -q withExitCode kwok/pkg/kwok/server/debugging_exec.go
}

# Without its version an API server cannot be understood by kubectl.
build_kubernetes() {
  version=$(sed -n 's|^\tk8s.io/kubernetes \(v.*\)|\1|p' go.mod)
  CGO_ENABLED=0 go build -mod=mod -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=$version" -o "$cache/bin/" \
    k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kube-controller-manager \
    k8s.io/kubernetes/cmd/kube-scheduler k8s.io/kubernetes/cmd/kubectl \
    go.etcd.io/etcd/server/v3 sigs.k8s.io/kwok/cmd/kwok && mv "$cache/bin/server" "$cache/bin/etcd"
}

fetch_kubernetes() {
  here=$top/tests/real/kubernetes
  there=$cache/kubernetes
  if cat "$here"/* | cmp -s - "$there/complete"; then return; fi
  if ! command -v go >/dev/null 2>&1; then
    lack Kubernetes 'Go is not installed'
    return
  fi
  say "building a Kubernetes control plane (four to six minutes, once)"
  rm -rf "$there"
  mkdir -p "$there"
  cp "$here/go.mod" "$there"
  if (cd "$there" && mend_kwok "$here" && build_kubernetes) >&2; then
    cat "$here"/* >"$there/complete"
  else
    lack Kubernetes 'go build failed'
  fi
}

fetch_packages() {
  here=$top/tests/real/package.json
  there=$cache/hardhat
  if cmp -s "$here" "$there/package.json" && [ -f "$there/complete" ]; then return; fi
  if ! command -v npm >/dev/null 2>&1; then
    lack Hardhat 'npm is not installed'
    return
  fi
  say "installing Hardhat and what runbook is compared with (tests/real/package.json)"
  mkdir -p "$there"
  cp "$here" "$there/package.json"
  if (cd "$there" && npm install --no-audit --no-fund --ignore-scripts --loglevel=error >&2); then
    : >"$there/complete"
  else
    lack Hardhat 'npm install failed'
  fi
}

sh "$top/examples/setup.sh" build node real
mkdir -p "$cache/bin"
fetch_geth
fetch_packages
fetch_kubernetes
