#!/usr/bin/env bash
# A PostgreSQL server for tests: in a temporary folder, on a free port of 127.0.0.1, gone when it is stopped.
#
#   tests/postgres.sh go test ./internal/db/...     runs one command with HEMVIST_TEST_POSTGRES set
#
# tests/main.sh sources it. Nothing is forced to the disk: what must survive a crash is tested on servers of its own.

# pg_find sets pg_bin: the folder of initdb and pg_ctl, the newest that Debian has installed, else what PATH has.
pg_find() {
  local found
  found=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
  [[ -x $found ]] || found=$(command -v initdb) || return 1
  pg_bin=$(dirname "$(readlink -f "$found")")
  [[ -x $pg_bin/pg_ctl ]]
}

# pg_as runs as the user that owns the server: initdb and the server refuse to be root. In a session of its own, so that who interrupts a run
# while the server starts does not leave half of one behind: the interruption is heard when the server can be stopped.
pg_as() {
  if ((EUID == 0)); then env -C / setsid -w runuser -u "$pg_user" -- "$@"; else setsid -w "$@"; fi
}

# pg_start FOLDER: makes and starts a server there, sets and exports HEMVIST_TEST_POSTGRES. When it fails, $problem says why.
pg_start() {
  local folder=$1 log=$1.log try port
  pg_find || {
    problem="PostgreSQL's initdb is not here: apt-get install postgresql"
    return 1
  }
  pg_version=$("$pg_bin/postgres" --version | grep -oE '[0-9]+(\.[0-9]+)?' | head -n 1)
  if ((${pg_version%%.*} < 15)); then
    problem="PostgreSQL $pg_version is too old: 15 or newer is needed"
    return 1
  fi
  pg_user=postgres
  if ((EUID == 0)) && ! id -u "$pg_user" >/dev/null 2>&1; then
    problem="PostgreSQL refuses to be root, and there is no user $pg_user to run it as"
    return 1
  fi
  mkdir -m 700 "$folder" && : >"$log" || return 1
  ((EUID == 0)) && chown "$pg_user" "$folder" "$log"
  # Swedish order by default, as an ordinary server here would have: what leans on the server's own order then shows.
  if ! pg_as "$pg_bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 \
    --locale-provider=icu --icu-locale=sv-SE --no-sync >>"$log" 2>&1; then
    problem="PostgreSQL's initdb failed: $(tail -n 3 "$log")"
    return 1
  fi
  cat >>"$folder/data/postgresql.conf" <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 128MB
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
log_min_messages = fatal
CONF
  pg_data=$folder/data
  for try in {1..20}; do # a port may be taken: then another
    port=$((20000 + RANDOM % 12000))
    if pg_as "$pg_bin/pg_ctl" -D "$pg_data" -l "$log" -w -t 60 -o "-p $port" start >/dev/null 2>&1 </dev/null; then
      export HEMVIST_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
      return 0
    fi
  done
  problem="PostgreSQL did not start ($try tries): $(tail -n 5 "$log")"
  pg_data=
  return 1
}

# pg_stop stops what pg_start started; without mercy, as nothing of it is kept.
pg_stop() {
  [[ -n ${pg_data:-} ]] || return 0
  pg_as "$pg_bin/pg_ctl" -D "$pg_data" -m immediate -w stop >/dev/null 2>&1
  pg_data=
}

# Run as a command of its own.
if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  set -uo pipefail
  (($#)) || {
    sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
    exit 2
  }
  [[ -n ${HEMVIST_TEST_POSTGRES:-} ]] && exec "$@"
  tmp=$(mktemp -d) && chmod 711 "$tmp" || exit 2
  # shellcheck disable=SC2154
  trap 'code=$?; trap "" INT TERM HUP; pg_stop; rm -rf "$tmp"; exit $code' EXIT
  trap 'trap "" INT TERM HUP; exit 130' INT
  trap 'trap "" INT TERM HUP; exit 143' TERM HUP
  pg_start "$tmp/pg" || {
    echo "$problem" >&2
    exit 1
  }
  "$@"
fi
