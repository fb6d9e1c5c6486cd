#!/bin/bash
# Times llama.cpp's own batched-bench with random weights in the shape of a model.
#
# usage: peer_llama_cpp.sh FOLDER SHAPE q8_0|q4_0 [options of batched-bench, such as -npl 1,8,32 -npp 32 -ntg 64 -t 2 -tb 2]
# Needs npm, git, g++ and python3 with numpy. FOLDER keeps what is installed and built, for the next call. The libraries are those that
# npm's node-llama-cpp ships for every kind of processor; batched-bench is compiled from the sources that it ships beside them.
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
shape=$2 type=$3
here=$(cd "$(dirname "$0")" && pwd)
libraries=$folder/node_modules/@node-llama-cpp/linux-x64/bins/linux-x64
source=$folder/source
cd "$folder"
[ -d "$libraries" ] || npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$folder" node-llama-cpp@3.22.1
[ -d "$source" ] || git clone -q "$folder/node_modules/node-llama-cpp/llama/gitRelease.bundle" "$source"
if [ ! -x batched-bench ]; then
  # Its own main function expects libraries that are linked, not loaded by what the processor can do.
  printf '%s\n' '#include "ggml-backend.h"' 'int llama_batched_bench(int argc, char ** argv);' 'int main(int argc, char ** argv) {' \
    "  ggml_backend_load_all_from_path(\"$libraries\");" '  return llama_batched_bench(argc, argv);' '}' > main.cpp
  g++ -O2 -std=c++17 -I"$source/include" -I"$source/ggml/include" -I"$source/common" -I"$source/vendor" \
    "$source"/tools/batched-bench/batched-bench.cpp main.cpp \
    -L"$libraries" -l:libllama-common.so -l:libllama.v0.5.0.so -l:libggml.v0.5.0.so -l:libggml-base.so \
    -Wl,-rpath,"$libraries" -lpthread -o batched-bench
fi
model=$folder/$shape-$type.gguf
[ -f "$model" ] || PYTHONPATH=$source/gguf-py python3 "$here/random_gguf.py" "$shape" "$type" "$model"
./batched-bench -m "$model" -c 40960 -b 2048 -ub 512 "${@:4}" 2>/dev/null
