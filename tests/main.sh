#!/usr/bin/env bash
# What ./test runs. It installs what is lacking, starts PostgreSQL, runs the steps of tests/steps.sh, two at a time or as many as there
# are cores, and ends with a summary. It never touches git, never writes into the tree except .cache/ and node_modules/, and leaves
# nothing running.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd) || exit 2
cd "$root" || exit 2
export LC_ALL=C.UTF-8

# shellcheck source=tests/setup.sh
. tests/setup.sh
# shellcheck source=tests/postgres.sh
. tests/postgres.sh
# shellcheck source=tests/steps.sh
. tests/steps.sh

usage() {
  cat <<'TEXT'
Usage: ./test [STEP…]     run everything, or the steps named
       ./test --list      name the steps
       ./test --help      this

It installs what it lacks: from Debian (as root, or with sudo) and from npm, into node_modules. The linter is built once, into .cache/.
Environment:
  HEMVIST_TEST_POSTGRES   address of a PostgreSQL server (15 or newer) where databases may be made and dropped; without it ./test
                          starts one of its own, in a temporary folder, and stops it at the end
  HEMVIST_TEST_JOBS       how many steps run side by side (default: the number of cores, at most 4)
  NO_COLOR                no colours
A single test: go test ./internal/db -run Name. With PostgreSQL: tests/postgres.sh go test ./internal/db
TEXT
}

list() {
  local name
  for name in "${all_steps[@]}"; do printf '%-10s %s\n' "$name" "${what[$name]}"; done
}

# --- what is chosen
chosen=()
for arg in "$@"; do
  case $arg in
    --help | -h) usage; exit 0 ;;
    --list) list; exit 0 ;;
    *)
      if [[ -z ${what[$arg]+known} ]]; then
        printf './test: there is no step "%s". The steps are:\n' "$arg" >&2
        list >&2
        exit 2
      fi
      chosen+=("$arg")
      ;;
  esac
done
((${#chosen[@]})) || chosen=("${all_steps[@]}")
is_chosen() { [[ " ${chosen[*]} " == *" $1 "* ]]; }

# --- how it is said
green='' red='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'; fi
now() { printf '%s' "${EPOCHREALTIME/./}"; } # microseconds
began=$(now)
since() { # seconds since $1, to a tenth
  local tenths=$((($(now) - $1) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}
say() { printf '[%7s s] %s\n' "$(since "$began")" "$*"; }
export -f now since

# --- a place of its own, and leaving it as if nothing had been
tmp=$(mktemp -d) || exit 2
chmod 711 "$tmp" # so that PostgreSQL, which refuses to be root, reaches its folder
mkdir -m 1777 "$tmp/tmp"
export TMPDIR=$tmp/tmp
declare -A pid=() rc=() at=() seconds=()
leave() {
  local code=$? name groups=()
  trap - EXIT
  trap '' INT TERM HUP
  for name in "${!pid[@]}"; do groups+=("-${pid[$name]}"); done
  if ((${#groups[@]})); then
    kill -TERM -- "${groups[@]}" 2>/dev/null
    (sleep 10 && kill -KILL -- "${groups[@]}" 2>/dev/null) &
    wait "${pid[@]}" 2>/dev/null
    kill "$!" 2>/dev/null
    kill -KILL -- "${groups[@]}" 2>/dev/null # what the steps themselves left behind
  fi
  pg_stop
  cd / && rm -rf "$tmp"
  exit "$code"
}
trap leave EXIT
# Some ask twice in the same moment (timeout does): the second must not end the cleaning up.
trap 'trap "" INT TERM HUP; echo; say "interrupted"; exit 130' INT
trap 'trap "" INT TERM HUP; exit 143' TERM HUP

# --- one step in the background, in a process group of its own; its end comes through a pipe
mkfifo "$tmp/ends" && exec {ends}<>"$tmp/ends" || exit 2
start() {
  local name=$1
  say "$name: ${what[$name]}"
  at[$name]=$(now)
  set -m
  (
    set +m
    (
      set -euo pipefail
      note_file=$tmp/$name.note
      "step_$name"
    ) >"$tmp/$name.log" 2>&1 </dev/null
    echo "$name $?" >&"$ends"
  ) &
  pid[$name]=$!
  set +m
}

finish() { # name, exit code
  local name=$1
  wait "${pid[$name]}" 2>/dev/null
  unset "pid[$name]"
  rc[$name]=$2
  seconds[$name]=$(since "${at[$name]}")
  if ((rc[$name] == 0)); then
    say "$name: ${green}passed${plain} in ${seconds[$name]} s"
  else
    say "$name: ${red}failed${plain} after ${seconds[$name]} s. It said:"
    show_log "$tmp/$name.log"
  fi
}

show_log() { # a long log is cut in the middle: what is wrong stands first or last
  local lines
  lines=$(wc -l <"$1")
  if ((lines <= 1500)); then
    cat "$1"
  else
    head -n 700 "$1"
    printf '… %d lines are left out …\n' $((lines - 1400))
    tail -n 700 "$1"
  fi | without_registries | sed 's/^/    /'
}

heartbeat() { # what runs, for how long, and its last words
  local name words line=''
  for name in "${!pid[@]}"; do
    words=$(tail -n 1 "$tmp/$name.log" 2>/dev/null | without_registries | tr -d '\r' | tr -s ' ' | cut -c 1-60)
    line+="${line:+ | }$name ${at[$name]:+$(since "${at[$name]}") s}${words:+: $words}"
  done
  say "… $line"
}

await() { # until one step has ended
  local name code
  while true; do
    if read -r -t 20 -u "$ends" name code; then
      finish "$name" "$code"
      return
    fi
    for name in "${!pid[@]}"; do # a step whose shell was killed can tell nothing itself
      if ! kill -0 "${pid[$name]}" 2>/dev/null; then
        echo "the step itself was killed" >>"$tmp/$name.log"
        finish "$name" 137
        return
      fi
    done
    heartbeat
  done
}

ready() { # may it start: is what stands before it done, or not chosen?
  local before
  for before in ${after[$1]:-}; do
    is_chosen "$before" && [[ -z ${rc[$before]+done} ]] && return 1
  done
  return 0
}

run_all() {
  local jobs=${HEMVIST_TEST_JOBS:-$(nproc)} waiting=("${chosen[@]}") name started rest
  ((jobs > 4)) && jobs=4
  say "${#chosen[@]} steps, $jobs at a time"
  while ((${#waiting[@]} || ${#pid[@]})); do
    rest=() started=0
    for name in "${waiting[@]}"; do
      if ((${#pid[@]} < jobs)) && ready "$name"; then
        started=1
        if [[ -n ${only_if_built[$name]:-} && ${rc[build]:-0} != 0 ]]; then
          rc[$name]=1 seconds[$name]=0.0
          echo "not run: nothing to run, as build failed" >"$tmp/$name.note"
          say "$name: ${red}not run${plain}, as build failed"
        else
          start "$name"
        fi
      else
        rest+=("$name")
      fi
    done
    waiting=("${rest[@]}")
    ((${#pid[@]})) && await || ((started)) || break
  done
}

summary() {
  local name passed=0 failed=0 outcome
  printf '\n%-10s %-8s %9s  %s\n' step outcome seconds ''
  for name in "${chosen[@]}"; do
    if [[ ${rc[$name]:-1} == 0 ]]; then
      outcome=passed
      passed=$((passed + 1))
    else
      outcome=FAILED
      failed=$((failed + 1))
    fi
    printf '%-10s %-8s %9s  %s\n' "$name" "$outcome" "${seconds[$name]:--}" "$(cat "$tmp/$name.note" 2>/dev/null)"
  done
  printf '%-10s %-8s %9s\n\n' all '' "$(since "$began")"
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0))
}

nothing_ran() { # what is lacking, and the closing line all the same
  say "${red}$1${plain}"
  printf '\n0 passed, %d failed\n' "${#chosen[@]}"
  exit 1
}

find_go || nothing_ran "Go is not here: install Go $(sed -n 's/^go //p' go.mod) or newer and run ./test again"
say "$(go version | cut -d' ' -f3-), $(nproc) cores"
prepare || nothing_ran "$problem"
if [[ -n $(needing postgres) && -z ${HEMVIST_TEST_POSTGRES:-} ]]; then
  pg_start "$tmp/pg" || nothing_ran "$problem"
  say "PostgreSQL $pg_version listens on 127.0.0.1, until the end of this run"
fi
run_all
summary
