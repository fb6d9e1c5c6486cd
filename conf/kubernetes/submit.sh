#!/usr/bin/env bash
# A job on Kubernetes; the driver runs here, so that the exit code is the job's. Usage: submit.sh JOB.yaml [--set KEY=VALUE]...
set -euo pipefail
exec "$SPARK_HOME/bin/spark-submit" \
  --master "k8s://${KUBERNETES_API:?give the URL of the API server, such as https://host:6443}" \
  --deploy-mode client \
  --properties-file conf/spark-gpu.conf \
  --conf spark.kubernetes.container.image="${YUKIGUNI_IMAGE:?give the image that Dockerfile made}" \
  --conf spark.kubernetes.executor.podTemplateFile=conf/kubernetes/executor.yaml \
  --conf spark.executor.resource.gpu.vendor=nvidia.com \
  --conf spark.executor.resource.gpu.discoveryScript=/opt/yukiguni/conf/discover-gpus.sh \
  --conf spark.executor.instances="${EXECUTORS:-2}" \
  --class org.yukiguni.cli.Yukiguni \
  local:///opt/yukiguni/yukiguni.jar generate "$@"
