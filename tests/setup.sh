# shellcheck shell=bash disable=SC2034,SC2154
# What ./test needs from outside: found, or installed from Debian and npm. Sourced by tests/main.sh.
# A function that fails leaves a sentence for a person in $problem.

# debian_package COMMAND: which Debian package brings it.
debian_package() {
  case $1 in
    bwrap) echo bubblewrap ;;
    gcc) echo gcc libc6-dev ;;
    node) echo nodejs ;;
    postgres) echo postgresql ;;
    *) echo "$1" ;;
  esac
}

find_go() {
  PATH=$PATH:/usr/sbin:/sbin # runuser lives there
  command -v go >/dev/null || PATH=$PATH:/usr/local/go/bin:/usr/lib/go/bin
  command -v go >/dev/null || return 1
  export PATH
  # The product is built without cgo, and everything shares that build; only the race detector needs a C compiler.
  export CGO_ENABLED=0 GOWORK=off
  find_registries
}

# needing COMMAND: the chosen steps that need it.
needing() {
  local name
  for name in "${chosen[@]}"; do
    [[ " ${needs[$name]:-} " == *" $1 "* ]] && echo "$name"
  done
  return 0
}

is_here() {
  case $1 in
    postgres) [[ -n ${HEMVIST_TEST_POSTGRES:-} ]] || pg_find ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# prepare installs what the chosen steps lack.
prepare() {
  local command lacking=() packages=()
  for command in gcc postgres ffmpeg bwrap chromium node npm; do
    if [[ -n $(needing "$command") ]] && ! is_here "$command"; then
      lacking+=("$command")
      # shellcheck disable=SC2207
      packages+=($(debian_package "$command"))
    fi
  done
  if ((${#lacking[@]})); then
    install_from_debian "${packages[@]}" || return 1
    for command in "${lacking[@]}"; do
      is_here "$command" || {
        problem="$command is still not to be found after its Debian package was installed"
        return 1
      }
    done
  fi
  if is_chosen browser; then headless_shell; fi
  if [[ -n $(needing node) ]]; then
    new_enough_node && npm_ci || return 1
  fi
}

install_from_debian() {
  local as_root=() started
  command -v apt-get >/dev/null || {
    problem="this is not Debian, and these are lacking: $*. Install them and run ./test again"
    return 1
  }
  if ((EUID != 0)); then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 && -z ${CI:-} ]]; }; then
      as_root=(sudo)
    else
      problem="these are lacking, and only root can install them: apt-get install --no-install-recommends $*"
      return 1
    fi
  fi
  started=$(now)
  say "installing from Debian: $*"
  # A list of packages may be missing or old, so it is fetched anew; a fetch that fails may still leave one that serves.
  "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 update </dev/null >"$tmp/setup.log" 2>&1
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" \
    </dev/null >>"$tmp/setup.log" 2>&1; then
    tail -n 30 "$tmp/setup.log" | without_hosts | sed 's/^/    /'
    problem="Debian's packages could not be installed: $*"
    return 1
  fi
  hash -r
  say "installed from Debian in $(since "$started") s"
}

# headless_shell: Chromium without its windows looks at the pages in half the time. Where it cannot be had, Chromium itself looks.
headless_shell() {
  local as_root=() install
  { command -v apt-get && ! command -v chromium-headless-shell; } >/dev/null || return 0
  if ((EUID != 0)); then
    sudo -n true 2>/dev/null || return 0
    as_root=(sudo)
  fi
  headless_known || "${as_root[@]}" timeout 60 apt-get -o DPkg::Lock::Timeout=60 update </dev/null >"$tmp/setup.log" 2>&1
  headless_known || return 0
  # Both are of one version, or apt would take the one away for the other. What may take for ever is fetched first: what is being installed must
  # not be interrupted.
  install=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=60 install -y --no-install-recommends --no-remove chromium chromium-headless-shell)
  if { timeout 120 "${as_root[@]}" "${install[@]}" --download-only && "${as_root[@]}" "${install[@]}"; } </dev/null >"$tmp/setup.log" 2>&1; then
    say "installed Chromium's headless shell from Debian"
  else
    say "Chromium's headless shell could not be installed: Chromium itself looks at the pages, which takes longer"
  fi
  hash -r
}

headless_known() { [[ $(apt-cache policy chromium-headless-shell 2>/dev/null) == *'Candidate: '[0-9]* ]]; }

node_is_new_enough() { node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; }

# new_enough_node: Debian 12 has Node 18, the checks of the pages need 20.19. npm brings one, for this folder only.
new_enough_node() {
  local dir=$root/.cache/node arch started
  node_is_new_enough && return 0
  case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *)
      problem="Node $(node --version) is too old: 20.19 or newer is needed"
      return 1
      ;;
  esac
  export PATH=$dir/node_modules/node-linux-$arch/bin:$PATH
  hash -r
  node_is_new_enough && return 0
  started=$(now)
  say "Node here is older than 20.19: installing Node 22 from npm into .cache/node"
  if ! npm install --prefix "$dir" --ignore-scripts --no-audit --no-fund --loglevel=error "node-linux-$arch@22" \
    </dev/null >"$tmp/setup.log" 2>&1 || ! { hash -r && node_is_new_enough; }; then
    without_hosts <"$tmp/setup.log" | tail -n 30 | sed 's/^/    /'
    problem="Node 20.19 or newer is needed, and npm could not bring it"
    return 1
  fi
  say "installed Node in $(since "$started") s"
}

# npm_ci installs the checks of the pages, once for each lock file. No package's own scripts are run.
npm_ci() {
  local stamp started
  stamp=$(cat "$browser_dir"/package.json "$browser_dir"/package-lock.json <(node --version) | sha256sum) || {
    problem="$browser_dir has no package.json and package-lock.json"
    return 1
  }
  [[ $(cat "$browser_dir/node_modules/.installed" 2>/dev/null) == "$stamp" ]] && return 0
  started=$(now)
  say "installing from npm what $browser_dir/package-lock.json names"
  if ! (cd "$browser_dir" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) </dev/null >"$tmp/setup.log" 2>&1; then
    without_hosts <"$tmp/setup.log" | tail -n 30 | sed 's/^/    /'
    problem="npm could not install what $browser_dir needs"
    return 1
  fi
  echo "$stamp" >"$browser_dir/node_modules/.installed"
  say "installed from npm in $(since "$started") s"
}

# Where a package came from is nobody's business in a log. without_hosts hides every host, for the installers' own words;
# without_registries hides only those that Go and npm fetch from, for the steps' words.
without_hosts() { sed -E 's#[a-z+]+://[^/ "<>),]+#…#g'; }
without_registries() { sed "${registries:-}"; }
find_registries() {
  local host
  registries=
  for host in $({ go env GOPROXY GOSUMDB; npm config get registry; } 2>/dev/null | tr -s ',|/ ' '\n' | grep -F . | grep -vE '^(localhost|127\.)' | sort -u); do
    registries+="s#${host//./\\.}#…#g;"
  done
}
