#!/usr/bin/env bash
# Makes a checkout runnable: shared libraries, virtual environment, locked packages. Work already done is skipped.
#   bash devtools/bootstrap.sh         what `make demo` needs
#   bash devtools/bootstrap.sh test    the same, and what `make test` needs (a browser, pdftotext, the test packages)
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:-run}
python=${PYTHON:-python3}
apt_packages=()
brew_packages=()

say() { printf '%s\n' "bootstrap: $*"; }
fail() {
  printf '%s\n' "bootstrap: $*" >&2
  exit 1
}

check_python() {
  command -v "$python" >/dev/null || { apt_packages+=(python3 python3-venv) && brew_packages+=(python@3.11) && return; }
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed, and $python is $("$python" -V). Name another one: make PYTHON=python3.12 …"
  [ -x .venv/bin/python ] || "$python" -c 'import ensurepip, venv' 2>/dev/null || apt_packages+=(python3-venv)
}

# WeasyPrint loads these by name when it starts; without harfbuzz-subset it still runs, three times slower.
check_libraries() {
  local found
  if [ "$(uname -s)" = Darwin ]; then
    for library in libpango-1.0 libpangoft2-1.0; do
      ls /opt/homebrew/lib/$library*.dylib /usr/local/lib/$library*.dylib >/dev/null 2>&1 || { brew_packages+=(pango) && break; }
    done
    return
  fi
  found=$({ ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null || true)
  for package in libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; do
    case "$found" in *"${package%-0}.so"* | *"${package%0}.so"*) ;; *) apt_packages+=("$package") ;; esac
  done
}

check_test_tools() {
  if [ "$(uname -s)" = Darwin ]; then
    command -v pdftotext >/dev/null || brew_packages+=(poppler)
    [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || brew_packages+=("--cask chromium")
    return
  fi
  command -v pdftotext >/dev/null || apt_packages+=(poppler-utils)
  # The browser without a window takes two thirds of the time of the other, which does as well.
  [ -n "${CHROMIUM:-}" ] || [ -x /usr/bin/chromium-headless-shell ] || [ -x /usr/bin/chromium ] \
    || apt_packages+=(chromium-headless-shell)
  # What drives the browser needs it, and a small Debian comes without.
  case "$({ ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null)" in *libatomic.so.1*) ;; *) apt_packages+=(libatomic1) ;; esac
}

install_system_packages() {
  if [ ${#brew_packages[@]} -gt 0 ] && [ "$(uname -s)" = Darwin ]; then
    fail "please run:  brew install ${brew_packages[*]}"
  fi
  [ ${#apt_packages[@]} -gt 0 ] || return 0
  local install="apt-get install -y --no-install-recommends"
  command -v apt-get >/dev/null || fail "missing: ${apt_packages[*]} (Debian's names); please install them."
  [ "$(id -u)" = 0 ] || fail "please run:  sudo apt-get update && sudo $install ${apt_packages[*]}"
  say "installing ${apt_packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || say "the lists of packages are as old as they are"
  # Not every distribution has the first.
  apt-cache show chromium-headless-shell >/dev/null 2>&1 || apt_packages=("${apt_packages[@]/#chromium-headless-shell/chromium}")
  $install -qq "${apt_packages[@]}" >/dev/null || fail "could not be installed: ${apt_packages[*]}"
}

checksum() { { command -v sha256sum >/dev/null && sha256sum "$@" || shasum -a 256 "$@"; } | cut -d' ' -f1; }

install_python_packages() {
  local lock=$1 stamp wanted
  stamp=.venv/.installed-$lock
  wanted=$(checksum "$lock")
  [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
  say "installing $lock into .venv"
  .venv/bin/python -c '' 2>/dev/null || { rm -rf .venv && "$python" -m venv .venv; }
  [ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv
  # Machines with a certificate authority of their own keep it in the system's store.
  UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-1} VIRTUAL_ENV=$PWD/.venv \
    .venv/bin/uv pip install --quiet --require-hashes -r "$lock"
  printf '%s\n' "$wanted" >"$stamp"
}

check_python
check_libraries
[ "$purpose" != test ] || check_test_tools
install_system_packages
install_python_packages "$([ "$purpose" = test ] && echo requirements-dev.lock || echo requirements-demo.lock)"
