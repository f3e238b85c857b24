#!/usr/bin/env bash
# Builds everything and runs every test project. Needs the .NET SDK and nothing else.
#   tests/run.sh                 all projects
#   tests/run.sh Diffusion Cli   those whose name contains one of the words
# Tests that compare with other libraries use PEER_PYTHON (a Python with PyTorch and diffusers) and RENDERFARM_REFERENCE (recorded
# outputs with T5's vocabulary); both are taken from ../shared beside the checkout where they exist, and skipped with a reason where not.
# Tests of the services start a PostgreSQL, a MinIO and a RabbitMQ of their own on loopback: PostgreSQL from RENDERFARM_POSTGRES (a connection
# string) or Debian's package, MinIO from MINIO_BIN, the PATH or ../shared/bin, RabbitMQ from RENDERFARM_RABBITMQ (an amqp address; a farm's queues
# there are deleted), ../shared/bin or Debian's package. One that is missing skips its tests with a reason; with CI=true it fails them, and Debian's packages are installed where
# that is possible.
# TEST_TIMEOUT bounds one project's run in seconds (default 1800).
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# libtorch's threads spin while they wait; on a machine that does anything else at the same time that costs many times what it gains.
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-PASSIVE}"
# The peer's PyTorch is newer than libtorch here, and their AVX-512 kernels round less alike than their AVX2 ones: single values of random models
# then differ by three grey levels. What is compared is the arithmetic, so both get AVX2. ATen takes the name unchecked: only where the processor has it.
if [ -z "${ATEN_CPU_CAPABILITY:-}" ] && grep -qs avx512f /proc/cpuinfo; then
  export ATEN_CPU_CAPABILITY=avx2
fi
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

if [ -z "${PEER_PYTHON:-}" ] && [ -x ../shared/peers/python ]; then
  export PEER_PYTHON="$(dirname "$root")/shared/peers/python"
fi
if [ -z "${RENDERFARM_REFERENCE:-}" ] && [ -d ../shared/reference ]; then
  export RENDERFARM_REFERENCE="$(dirname "$root")/shared/reference"
fi

if [ "${CI:-}" = true ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
  packages=()
  [ -n "${RENDERFARM_POSTGRES:-}" ] || [ -d /usr/lib/postgresql ] || packages+=(postgresql)
  [ -n "${RENDERFARM_RABBITMQ:-}" ] || [ -x ../shared/bin/rabbitmq4 ] || [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || packages+=(rabbitmq-server)
  if [ ${#packages[@]} -gt 0 ]; then
    echo "Installing ${packages[*]}"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}"; } > /dev/null 2>&1
  fi
fi

reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT

wanted() {
  local name=$1 word
  shift
  [ $# -eq 0 ] && return 0
  for word in "$@"; do [[ $name == *"$word"* ]] && return 0; done
  return 1
}

# The number that a report's <assembly> element gives for an attribute; 0 where there is no report.
count() {
  local element
  element=$(grep -o '<assembly [^>]*>' "$1" 2>/dev/null | head -n 1)
  [[ $element =~ [[:space:]]$2=\"([0-9]+)\" ]] && echo "${BASH_REMATCH[1]}" || echo 0
}

# Runs one project, says how it went and leaves its numbers in a file.
run_project() {
  local project=$1 name executable report began code p f s remark=""
  name=$(basename "$project" .csproj)
  executable=$(dirname "$project")/bin/Release/net10.0/$name
  report=$reports/$name.xml
  began=$SECONDS
  timeout "${TEST_TIMEOUT:-1800}" "$executable" -noColor -noLogo -reporter quiet -result-xml "$report" < /dev/null > "$reports/$name.log" 2>&1
  code=$?
  p=$(count "$report" passed) f=$(($(count "$report" failed) + $(count "$report" errors))) s=$(count "$report" skipped)
  if [ ! -s "$report" ]; then
    f=$((f + 1))
    remark=" (ended with exit code $code and without a report)"
  elif [ $code -ne 0 ] && [ $f -eq 0 ] && [ $((p + s)) -gt 0 ]; then
    f=1
    remark=" (exit code $code although no test failed)"
  fi
  [ $f -gt 0 ] && cat "$reports/$name.log"
  grep -oE '<reason>[^<]*(<!\[CDATA\[[^]]*)?' "$report" 2>/dev/null | sed -E 's/<reason>(<!\[CDATA\[)?//' | sort | uniq -c | sed -E 's/^ *([0-9]+) /  skipped \1: /'
  printf '%-34s %5d passed, %d failed, %d skipped, %d s%s\n' "$name" "$p" "$f" "$s" $((SECONDS - began)) "$remark"
  echo "$p $f $s" > "$reports/$name.counts"
}

main() {
  echo "Building (Release)"
  if ! dotnet build RenderFarm.sln -c Release -nologo -v quiet -clp:NoSummary > "$reports/build.log" 2>&1; then
    grep -E 'error|warning' "$reports/build.log" | sort -u || cat "$reports/build.log"
    echo "The build failed."
    exit 1
  fi

  # The worker's tests compute on one core most of the time, so two of their projects run at once; the others share services, and run alone.
  begun=0
  while IFS= read -r project; do
    wanted "$(basename "$project" .csproj)" "$@" || continue
    begun=$((begun + 1))
    case $project in
      tests/Worker/*)
        [ "$(jobs -rp | wc -l)" -lt 2 ] || wait -n
        run_project "$project" &
        ;;
      *) run_project "$project" ;;
    esac
  done < <(find tests -name '*.Tests.csproj' | sort)
  wait

  passed=0 failed=0 skipped=0
  while read -r p f s; do
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s)) begun=$((begun - 1))
  done < <(cat "$reports"/*.counts 2>/dev/null)
  failed=$((failed + begun)) # a project whose numbers are missing did not pass
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# Read whole before it runs, so that an edit meanwhile does no harm.
main "$@"
exit
