#!/bin/sh
# Installs what is missing, and says what: sh examples/setup.sh SECTION…
# Sections are those of debian-packages.txt; "node" also fetches the local chain into examples/node_modules.
# Asks for sudo only if something is missing and we are not root. Safe to run again.
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
list=$top/debian-packages.txt
[ $# -gt 0 ] || set -- build node

say() { printf 'setup: %s\n' "$*" >&2; }

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# The lines of a section, without comments.
packages_of() { awk -v section="[$1]" '/^\[/ { inside = ($0 == section); next } inside && NF && !/^#/' "$list"; }

# Of "a | b": prints nothing if one is installed, else the alternatives.
missing_of() {
  packages_of "$1" | while IFS= read -r line; do
    found=
    for package in $(printf '%s' "$line" | tr '|' ' '); do
      if is_installed "$package"; then found=1; break; fi
    done
    [ -n "$found" ] || printf '%s\n' "$line"
  done
}

# The first alternative that apt can install.
choose() {
  for package in $(printf '%s' "$1" | tr '|' ' '); do
    if apt-cache show "$package" >/dev/null 2>&1; then printf '%s\n' "$package"; return; fi
  done
  say "apt knows none of: $1"
  return 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; return; fi
  if ! command -v sudo >/dev/null 2>&1; then
    say "root is needed, and there is no sudo. As root: $*"
    exit 40
  fi
  sudo "$@"
}

install_missing() {
  missing=$1
  if ! command -v apt-get >/dev/null 2>&1; then
    say "no apt here. Needed (see also vcpkg.json):"
    printf '%s\n' "$missing" >&2
    return
  fi
  say "missing: $(printf '%s' "$missing" | tr '\n' ',')"
  as_root apt-get update -qq
  chosen=$(printf '%s\n' "$missing" | while IFS= read -r line; do choose "$line" || exit 1; done)
  say "installing with apt-get: $(printf '%s' "$chosen" | tr '\n' ' ')"
  # shellcheck disable=SC2086  # one word per package
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Dpkg::Use-Pty=0 \
    --no-install-recommends $chosen >&2
}

have_node() { command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; }

# The platform's own package holds the program; the recipe starts that, not the wrapper.
chain_version() { sed -n 's/.*"@foundry-rs\/anvil": *"\([0-9.]*\)".*/\1/p' "$top/examples/package.json"; }

chain_package() {
  case "$(uname -s) $(uname -m)" in
    'Linux x86_64') echo @foundry-rs/anvil-linux-amd64 ;;
    'Linux aarch64') echo @foundry-rs/anvil-linux-arm64 ;;
    'Darwin x86_64') echo @foundry-rs/anvil-darwin-amd64 ;;
    'Darwin arm64') echo @foundry-rs/anvil-darwin-arm64 ;;
    *) say "there is no local chain for $(uname -s) $(uname -m)" && return 1 ;;
  esac
}

have_chain() {
  found=$top/examples/node_modules/$1/package.json
  [ -f "$found" ] && grep -q "\"version\": *\"$2\"" "$found"
}

# By name: as the wrapper's optional dependency npm leaves it out, silently, on a node older than it asks for
# (Debian 12 has 18), although the program needs no node at all.
fetch_chain() {
  package=$(chain_package)
  version=$(chain_version)
  if have_chain "$package" "$version"; then return; fi
  say "fetching the local chain with npm (examples/package.json)"
  (cd "$top/examples" &&
    npm install --no-save --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error \
      "$package@$version" >&2)
  if ! have_chain "$package" "$version"; then
    say "npm ended without an error, but $package $version is not there"
    exit 40
  fi
}

missing=
for section in "$@"; do
  if [ "$section" = node ] && have_node; then continue; fi
  missing=$(printf '%s\n%s' "$missing" "$(missing_of "$section")" | sed '/^$/d')
done
[ -z "$missing" ] || install_missing "$missing"

for section in "$@"; do
  if [ "$section" = node ]; then fetch_chain; fi
done
