#!/usr/bin/env bash
# Tells Spark which GPUs this machine has: {"name": "gpu", "addresses": ["0","1"]}
set -euo pipefail
indices=$(nvidia-smi --query-gpu=index --format=csv,noheader)
addresses=$(printf '%s\n' "$indices" | sed '/^$/d; s/.*/"&"/' | paste -s -d, -)
printf '{"name": "gpu", "addresses": [%s]}\n' "$addresses"
