#!/bin/bash
# Runs many tiny rows through one executor of a standalone cluster on this machine, and says how much its memory and its open files grow.
#
# usage: long_run.sh ROWS CHUNK_ROWS HEAP [key=value of the job ...]
#   long_run.sh 200000 auto 1g        many chunks
#   long_run.sh 1000000 1000000 1g    one chunk, which one task streams
# Needs target/yukiguni.jar (mvn -DskipTests package), Maven, and Linux. Prints a line a minute and the slopes; FOLDER/samples.csv has
# a line every five seconds: seconds, resident MB and open files of the executor, resident MB of the driver, rows written.
# FOLDER is target/long-run; MODEL another model's folder than the smallest of the tests.
set -euo pipefail
cd "$(dirname "$0")/../.."
rows=$1 chunk_rows=$2 heap=$3
folder=$PWD/target/long-run
model=$(realpath "${MODEL:-src/test/resources/fixtures/gpt2}")
jar=$PWD/target/yukiguni.jar
rm -rf "$folder" && mkdir -p "$folder/spark/jars"

mvn -q -B dependency:build-classpath -DincludeScope=compile -Dmdep.outputFile="$folder/class-path"
# What our jar brings must not come from Spark's side too.
tr ':' '\n' < "$folder/class-path" | grep '\.jar$' | grep -vE '/ai/djl/|/net/java/dev/jna/|/info/picocli/|/io/pebbletemplates/|/org/unbescape/|/org/webjars/|/org/jline/|/com/google/protobuf/|jackson-dataformat' |
  xargs -I{} ln -sf {} "$folder/spark/jars/"
export SPARK_HOME=$folder/spark SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=127.0.0.1
set -f
options=$(sed -n 's|.*<spark.java.options>\(.*\)</spark.java.options>.*|\1|p' pom.xml | head -1)
# In place of the subshell of a background job, so that its process id is that of the JVM.
java() { exec java $options "$@"; }
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT

awk -v rows="$rows" 'BEGIN { for (i = 0; i < rows; i++) printf "{\"id\": \"r%07d\", \"prompt\": \"row %d of many\"}\n", i, i }' > "$folder/prompts.jsonl"
cat > "$folder/job.yaml" <<JOB
name: long-run
input: { format: jsonl, path: $folder/prompts.jsonl, id: id }
prompt: { column: prompt }
model: { path: $model, device: cpu }
generation: { max_new_tokens: 1, do_sample: true, seed: 3 }
output: { path: $folder/out }
run: { chunk_rows: $chunk_rows }
JOB

set=()
for pair in "${@:4}"; do set+=(--set "$pair"); done
port=27077
java -Xmx512m -cp "$SPARK_HOME/jars/*" org.apache.spark.deploy.master.Master --host 127.0.0.1 --port $port --webui-port 27078 > "$folder/master.log" 2>&1 &
sleep 5
java -Xmx512m -cp "$SPARK_HOME/jars/*" org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --cores 1 --memory 16g --webui-port 27079 \
  --work-dir "$folder/work" spark://127.0.0.1:$port > "$folder/worker.log" 2>&1 &
sleep 5
java -Xmx1g -cp "$SPARK_HOME/jars/*" org.apache.spark.deploy.SparkSubmit --master spark://127.0.0.1:$port --conf spark.executor.memory="$heap" \
  --conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1 --conf spark.driver.bindAddress=127.0.0.1 --conf spark.sql.shuffle.partitions=1 \
  --class org.yukiguni.cli.Yukiguni "$jar" generate "$folder/job.yaml" "${set[@]}" > "$folder/driver.log" 2>&1 &
driver=$!

resident_mb() { awk '/^VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$1/status" 2>/dev/null || echo 0; }
start=$SECONDS
set +f
while kill -0 $driver 2>/dev/null; do
  executor=$(pgrep -f "CoarseGrainedExecutorBackend.*$(basename "$(ls -d "$folder"/work/app-* 2>/dev/null | tail -1)")" | head -1 || true)
  done_rows=$(grep -o 'generating, [0-9,]* of' "$folder/driver.log" | tail -1 | tr -dc 0-9 || true)
  if [ -n "$executor" ]; then
    line="$((SECONDS - start)),$(resident_mb "$executor"),$(ls "/proc/$executor/fd" 2>/dev/null | wc -l),$(resident_mb $driver),${done_rows:-0}"
    echo "$line" >> "$folder/samples.csv"
    [ $(((SECONDS - start) % 60)) -ge 5 ] || echo "$line"
  fi
  sleep 5
done
wait $driver && echo "exit 0" || echo "exit $?"
tail -1 "$folder/driver.log"
# The slopes by least squares over the second half of the rows: the first one warms up.
awk -F, -v rows="$rows" '$5 > rows / 2 && $2 > 0 { n++; x = $5 / 10000; sx += x; sxx += x * x; for (i = 2; i <= 4; i++) { sy[i] += $i; sxy[i] += x * $i; if ($i > top[i]) top[i] = $i } }
  END { if (n > 2) for (i = 2; i <= 4; i++) printf "%s: %.3f per 10,000 rows, at most %d\n", i == 2 ? "executor, resident MB" : i == 3 ? "executor, open files" : "driver, resident MB",
    (n * sxy[i] - sx * sy[i]) / (n * sxx - sx * sx), top[i] }' "$folder/samples.csv"
