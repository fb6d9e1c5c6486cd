#!/usr/bin/env bash
# One night: a folder of its own for each date, the page beside it. Usage: nightly.sh JOB.yaml OUTPUT_ROOT [MASTER]
# Ends with the job's exit code: 0 all rows, 1 wrong job, 2 too many errors, 3 broken. A broken run is
# taken up again by the same command: chunks that are done stay done.
set -uo pipefail
job=$1 root=$2 master=${3:-local[*]} night=${NIGHT:-$(date +%F)}
jar=${YUKIGUNI_JAR:-target/yukiguni.jar}
for attempt in 1 2 3; do
  "$SPARK_HOME/bin/spark-submit" --master "$master" --class org.yukiguni.cli.Yukiguni "$jar" \
    generate "$job" --set "output.path=$root/$night" --set "report.html=$root/$night.html" --progress=plain
  code=$?
  [ "$code" -eq 3 ] || break
  echo "attempt $attempt broke; going on with it" >&2
  sleep "${PAUSE:-60}"
done
exit "$code"
