#!/usr/bin/env python3
"""Writes a GGUF with random weights in the shape of a model, for llama.cpp.

usage: random_gguf.py SHAPE TYPE FILE     SHAPE llama-1.1b or neox-410m, TYPE q8_0 or q4_0
Needs numpy and gguf (on PyPI, and as gguf-py in llama.cpp's source). There is no tokenizer in it: batched-bench draws token ids.
"""
import sys

import gguf
import numpy as np

SHAPES = {
    "llama-1.1b": dict(arch="llama", width=2048, layers=22, heads=32, kv_heads=4, inner=5632, vocabulary=32000),
    "neox-410m": dict(arch="gptneox", width=1024, layers=24, heads=16, kv_heads=16, inner=4096, vocabulary=50304),
}
# Bytes of a block of 32 weights: a float16 scale and the integers.
TYPES = {"q8_0": (gguf.GGMLQuantizationType.Q8_0, 34), "q4_0": (gguf.GGMLQuantizationType.Q4_0, 18)}


def main():
    shape, kind, file = SHAPES[sys.argv[1]], sys.argv[2], sys.argv[3]
    quantization, block = TYPES[kind]
    width, inner, heads = shape["width"], shape["inner"], shape["heads"]
    random = np.random.default_rng(1)
    writer = gguf.GGUFWriter(file, shape["arch"])
    writer.add_context_length(2048)
    writer.add_embedding_length(width)
    writer.add_block_count(shape["layers"])
    writer.add_feed_forward_length(inner)
    writer.add_head_count(heads)
    writer.add_head_count_kv(shape["kv_heads"])
    writer.add_vocab_size(shape["vocabulary"])
    writer.add_tokenizer_model("none")

    def matrix(name, rows, columns):
        blocks = random.integers(0, 256, (rows, columns // 32, block), dtype=np.uint8)
        blocks[:, :, :2] = np.frombuffer(np.float16(0.0003).tobytes(), np.uint8)
        writer.add_tensor(name, blocks.reshape(rows, -1), raw_dtype=quantization)

    def vector(name, value, length=width):
        writer.add_tensor(name, np.full(length, value, np.float32))

    matrix("token_embd.weight", shape["vocabulary"], width)
    matrix("output.weight", shape["vocabulary"], width)
    vector("output_norm.weight", 1)
    kv = width // heads * shape["kv_heads"]
    if shape["arch"] == "llama":
        writer.add_rope_dimension_count(width // heads)
        writer.add_layer_norm_rms_eps(1e-5)
        for i in range(shape["layers"]):
            vector(f"blk.{i}.attn_norm.weight", 1)
            vector(f"blk.{i}.ffn_norm.weight", 1)
            matrix(f"blk.{i}.attn_q.weight", width, width)
            matrix(f"blk.{i}.attn_k.weight", kv, width)
            matrix(f"blk.{i}.attn_v.weight", kv, width)
            matrix(f"blk.{i}.attn_output.weight", width, width)
            matrix(f"blk.{i}.ffn_gate.weight", inner, width)
            matrix(f"blk.{i}.ffn_up.weight", inner, width)
            matrix(f"blk.{i}.ffn_down.weight", width, inner)
    else:
        writer.add_rope_dimension_count(width // heads // 4)
        writer.add_layer_norm_eps(1e-5)
        writer.add_parallel_residual(True)
        vector("output_norm.bias", 0)
        for i in range(shape["layers"]):
            for norm in ("attn_norm", "ffn_norm"):
                vector(f"blk.{i}.{norm}.weight", 1)
                vector(f"blk.{i}.{norm}.bias", 0)
            for name, rows, columns in (
                ("attn_qkv", 3 * width, width),
                ("attn_output", width, width),
                ("ffn_up", inner, width),
                ("ffn_down", width, inner),
            ):
                matrix(f"blk.{i}.{name}.weight", rows, columns)
                vector(f"blk.{i}.{name}.bias", 0, rows)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


main()
