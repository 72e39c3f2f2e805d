# shellcheck shell=bash disable=SC2034,SC2154
# The steps of ./test: what each does, what it needs, and when it may start. Sourced by tests/main.sh, which runs each step's function with
# `set -e`, its output in a log that is shown when it fails. A step that finds nothing to check fails: silence proves nothing.

# In the order in which they start. What takes long comes first, so that the end is not spent waiting for one.
all_steps=(build tools browser test lint race vet generated tidy vendored gofmt)

declare -A what=(
  [build]="every module builds; the binary, without cgo, says its help"
  [tools]="the linter and the generator are built; the walls between the rooms hold"
  [test]="all tests, in random order, on SQLite and PostgreSQL"
  [lint]="golangci-lint over every module"
  [browser]="every page in a real browser"
  [race]="the race detector over rules and concurrent parts"
  [vet]="go vet over every module"
  [generated]="generated pages are what their templates give"
  [tidy]="go.mod and go.sum hold what is used, and no more"
  [vendored]="vendored files are those of their packages"
  [gofmt]="gofmt has nothing to change"
)

# Commands (see tests/setup.sh) that a step needs.
declare -A needs=(
  [test]="postgres ffmpeg bwrap chromium"
  [race]="gcc postgres"
  [browser]="node npm chromium ffmpeg bwrap"
  [vendored]="node npm"
)

# What must have ended before, where it is chosen too: so that nothing is compiled twice.
declare -A after=(
  [test]="build"
  [lint]="build tools"
  [browser]="build"
  [race]="build"
  [vet]="build"
  [generated]="tools"
)

# What has no meaning when the build failed.
declare -A only_if_built=([test]=1 [lint]=1 [browser]=1 [race]=1 [vet]=1)

# The Go and Node sides of the browser part.
browser_dir=tests/browser

note() { echo "$*" >"$note_file"; } # a few words for the summary

# files PATTERN…: the tree's own files with these names.
files() {
  local pattern expr=()
  for pattern in "$@"; do expr+=(${expr[@]+-o} -name "$pattern"); done
  find . \( -name node_modules -o -name .git -o -path ./.cache \) -prune -o -type f \( "${expr[@]}" \) -print | sort
}

# modules: the folders of all modules here, the product's first.
modules() { files go.mod | grep -v /testdata/ | while read -r f; do dirname "$f"; done | sort; }

# in_each_module COMMAND…: runs it in every module, to the end, and fails if one failed.
in_each_module() {
  local dir bad=0 count=0
  for dir in $(modules); do
    echo "== $dir: $*"
    (cd "$dir" && "$@") || bad=1
    count=$((count + 1))
  done
  note "$count modules"
  return $bad
}

# tool NAME PACKAGE: the path of a tool that the module tools/ pins, built anew when its versions or Go's have changed.
tool() {
  local dir=$root/.cache/bin stamp
  stamp=$(cat tools/go.mod tools/go.sum <(go version) | sha256sum)
  if [[ ! -x $dir/$1 || $(cat "$dir/$1.stamp" 2>/dev/null) != "$stamp" ]]; then
    mkdir -p "$dir"
    rm -f "$dir/$1.stamp"
    go -C tools build -ldflags '-s -w' -o "$dir/$1" "$2" >&2 || return 1
    echo "$stamp" >"$dir/$1.stamp"
  fi
  echo "$dir/$1"
}
linter() { tool golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint; }
generator() { tool templ github.com/a-h/templ/cmd/templ; }

# report REPORT-FLAGS: reads `go test -json`; its last words become the note.
report() {
  local out=$tmp/report.$BASHPID code=0
  go -C tools build -o "$out" ./testreport
  "$out" "$@" | tee "$out.txt" || code=$?
  note "$(grep -E '^[0-9]+ tests in ' "$out.txt" | tail -n 1)"
  return $code
}

step_build() {
  local binary=$tmp/hemvist
  in_each_module go build -o /dev/null ./...
  go build -o "$binary" ./cmd/hemvist
  "$binary" --help >"$binary.help"
  grep -q serve "$binary.help"
  note "$(modules | wc -l) modules, binary of $(($(stat -c %s "$binary") / 1000000)) MB"
}

step_tools() {
  generator
  HEMVIST_GOLANGCI_LINT=$(linter)
  export HEMVIST_GOLANGCI_LINT
  (cd tools && go test -json -count=1 -shuffle=on ./...) | report
}

step_vet() {
  in_each_module go vet ./...
  echo "== .: go vet -tags browser"
  go vet -tags browser ./...
}

step_gofmt() {
  local gofmt bad
  gofmt=$(command -v gofmt || echo "$(go env GOROOT)/bin/gofmt")
  mapfile -t go_files < <(files '*.go' | grep -v /testdata/)
  note "${#go_files[@]} files"
  bad=$("$gofmt" -l "${go_files[@]}")
  if [[ -n $bad ]]; then
    echo "gofmt -w would change:"
    echo "$bad"
    return 1
  fi
}

step_lint() {
  local linter
  linter=$(linter)
  export GOLANGCI_LINT_CACHE=$root/.cache/golangci-lint
  "$linter" config verify --config "$root/.golangci.yml"
  in_each_module "$linter" run --config "$root/.golangci.yml" --show-stats=false --color=never ./...
}

# A page names its template as seen from where the generator was started, which may have been any folder.
# shellcheck disable=SC2016
without_folder() { sed -E 's#FileName: `[^`]*/#FileName: `#' "$1"; }

step_generated() {
  local templ copy=$tmp/generated template page bad=0 count=0 other
  templ=$(generator)
  # The generator writes code for the library of its own version: they must be one.
  if ! diff <(go list -m github.com/a-h/templ) <(go -C tools list -m github.com/a-h/templ); then
    echo "go.mod and tools/go.mod name different versions of templ"
    bad=1
  fi
  # Made in a copy, so that this neither changes the tree nor asks git.
  mkdir -p "$copy"
  cp go.mod "$copy"
  for template in $(files '*.templ'); do
    mkdir -p "$copy/$(dirname "$template")"
    cp "$template" "$copy/$template"
    count=$((count + 1))
  done
  note "$count templates"
  if ((count == 0)); then
    echo "no template was found"
    return 1
  fi
  (cd "$copy" && "$templ" generate -log-level warn)
  for page in $(cd "$copy" && files '*_templ.go'); do
    if [[ ! -e $page ]] || ! diff -u <(without_folder "$page") <(without_folder "$copy/$page"); then
      echo "$page is not what its template gives. From the root of the tree: .cache/bin/templ generate"
      bad=1
    fi
  done
  for page in $(files '*_templ.go'); do
    if [[ ! -e $copy/$page ]]; then
      echo "$page has no template"
      bad=1
    fi
  done
  # Another generator would go unchecked.
  other=$(files '*.go' | xargs grep -nE '^//go:generate' | grep -v templ || true)
  if [[ -n $other ]]; then
    echo "these are generated by something that ./test does not know; teach it:"
    echo "$other"
    bad=1
  fi
  return $bad
}

step_tidy() { in_each_module tidy_diff; }
tidy_diff() { # the difference is long, and go.mod's part of it stands first
  go mod tidy -diff >"$tmp/tidy.diff" && return 0
  head -n 80 "$tmp/tidy.diff"
  echo "go mod tidy would change this module ($(wc -l <"$tmp/tidy.diff") lines of difference)"
  return 1
}

step_test() {
  local bad=0 pages words
  go test -json -count=1 -shuffle=on -vet=off -timeout 40m ./... | report -engines sqlite,postgres || bad=1
  # Tests that ask for one database, of whichever engine, are asked again on the other.
  pages=$({ files '*_test.go' | grep -v /browser/ | xargs grep -l 'dbtest\.New(' || true; } | xargs -r dirname | sort -u)
  if [[ -n $pages ]]; then
    echo "== once more, on PostgreSQL: $pages"
    words=$(cat "$note_file")
    # shellcheck disable=SC2086
    HEMVIST_TEST_ENGINE=postgres go test -json -count=1 -shuffle=on -vet=off -timeout 40m $pages | report || bad=1
    note "$words; again on PostgreSQL: $(cat "$note_file")"
  fi
  return $bad
}

# Under the race detector SQLite is thirty to fifty times slower. So: all tests of the packages without it; of those with it the tests that
# say in their name that they are about concurrent work.
concurrent='Concurren|Race|Parallel|Simultan|AtOnce'
step_race() {
  local name dir needs_sqlite light=() heavy=()
  export CGO_ENABLED=1
  while read -r name dir needs_sqlite; do
    if [[ $needs_sqlite == no ]]; then
      light+=("$name")
    elif grep -qE "^func Test[A-Za-z0-9_]*($concurrent)" "$dir"/*_test.go; then
      heavy+=("$name")
    fi
  done < <(go list -test -f '{{if .ForTest}}{{else}}{{.ImportPath}} {{.Dir}} {{join .Deps " "}}{{end}}' ./... |
    awk '$1 ~ /\.test$/ { sub(/\.test$/, "", $1); print $1, $2, ($0 ~ / modernc\.org\/sqlite( |$)/ ? "yes" : "no") }')
  ((${#light[@]} && ${#heavy[@]})) || {
    echo "nothing to race: ${#light[@]} packages without a database, ${#heavy[@]} with one"
    return 1
  }
  {
    local bad=0
    go test -json -race -count=1 -shuffle=on -vet=off -timeout 40m "${light[@]}" || bad=1
    go test -json -race -count=1 -shuffle=on -vet=off -timeout 40m -run "$concurrent" "${heavy[@]}" || bad=1
    return $bad
  } | report
}

step_vendored() { node "$browser_dir/vendored.mjs"; }

step_browser() {
  go test -json -tags browser -count=1 -vet=off -timeout 40m "./$browser_dir/..." | report
}
