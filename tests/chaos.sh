#!/usr/bin/env bash
# Runs the distributed farm under faults and checks afterwards what must always hold (I1 to I12), on servers of its own, as tests/run.sh does.
#   tests/chaos.sh [--minutes M] [--jobs N] [--seed S] [--rabbitmq 4|3] [--logs DIR]
# M: minutes with faults (default 3). N: jobs (default 5000). S: of which faults, load and their times are made (default: another each time; printed).
# --rabbitmq: only the broker of ../shared/bin (4) or only Debian's (3); default: the first of the two that is there.
# DIR: keeps the processes' logs and the history of the jobs.
# Prints the faults as they come and a table of what became of the jobs; ends with 0 if every invariant held.
set -euo pipefail

usage() {
  sed -n '2,7s/^# *//p' "$0" >&2
  echo "$1" >&2
  exit 2
}

main() {
  local minutes=3 jobs=5000 seed=$RANDOM root report chaos code=0
  while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage "'$1' needs a value."
    case $1 in
      --minutes) minutes=$2 ;;
      --jobs) jobs=$2 ;;
      --seed) seed=$2 ;;
      --logs) export CHAOS_LOGS=$2 ;;
      --rabbitmq) [[ $2 == [34] ]] || usage "--rabbitmq is '$2'; give 4 or 3."; export RENDERFARM_RABBITMQ_VERSION=$2 ;;
      *) usage "'$1' is no option." ;;
    esac
    shift 2
  done

  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  cd "$root"
  export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-PASSIVE}" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
  dotnet build tests/Chaos/RenderFarm.Chaos.Tests.csproj -c Release -nologo -v quiet -clp:NoSummary
  report=$(mktemp)
  CHAOS_MINUTES=$minutes CHAOS_JOBS=$jobs CHAOS_SEED=$seed CHAOS_REPORT=$report \
    tests/Chaos/bin/Release/net10.0/RenderFarm.Chaos.Tests -noColor -noLogo < /dev/null > "$report.tests" 2>&1 &
  chaos=$!
  tail -n +1 -f --pid=$chaos "$report"
  wait $chaos || code=$?
  cat "$report.tests"
  rm -f "$report" "$report.tests"
  [ $code -eq 0 ] && echo "Seed $seed: every invariant held." || echo "Seed $seed: FAILED ($code)."
  return $code
}

main "$@"
