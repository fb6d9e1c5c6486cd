#!/usr/bin/env python3
"""Times Hugging Face transformers on the CPU, with random weights in the shape of a model.

usage: peer_transformers.py SHAPE float32|bfloat16 --batch 1,8,32 --prompt 32 --new-tokens 64 [--runs 2] [--threads N]
Prints the columns of Yukiguni's bench command that it has: prefill is a run of one new token, decoding what a run of all takes longer.
Needs torch and transformers.
"""
import argparse
import resource
import time

import torch
import transformers

SHAPES = {
    "llama-1.1b": lambda: transformers.LlamaConfig(
        hidden_size=2048, num_hidden_layers=22, num_attention_heads=32, num_key_value_heads=4, intermediate_size=5632, vocab_size=32000
    ),
    "neox-410m": lambda: transformers.GPTNeoXConfig(
        hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096, vocab_size=50304
    ),
}


def numbers(text):
    return [int(n) for n in text.split(",")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("dtype", choices=["float32", "bfloat16"])
    parser.add_argument("--batch", type=numbers, default=[1, 8, 32])
    parser.add_argument("--prompt", type=numbers, default=[32])
    parser.add_argument("--new-tokens", type=int, default=64)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_default_dtype(getattr(torch, options.dtype))
    model = transformers.AutoModelForCausalLM.from_config(SHAPES[options.shape]()).eval()
    torch.set_default_dtype(torch.float32)

    def seconds(ids, new_tokens):
        start = time.perf_counter()
        model.generate(
            ids, attention_mask=torch.ones_like(ids), do_sample=False, min_new_tokens=new_tokens, max_new_tokens=new_tokens, pad_token_id=0
        )
        return time.perf_counter() - start

    print(f"transformers {transformers.__version__}, torch {torch.__version__}, {options.shape}, {options.dtype}, {options.threads} threads\n")
    print("| batch | prompt | prefill tokens/s | decode tokens/s | tokens/s | peak GB |\n|---|---|---|---|---|---|")
    for prompt in options.prompt:
        for batch in options.batch:
            ids = torch.randint(10, 30000, (batch, prompt))
            seconds(ids, 2)
            first = min(seconds(ids, 1) for _ in range(options.runs))
            whole = min(seconds(ids, options.new_tokens) for _ in range(options.runs))
            decode = batch * (options.new_tokens - 1) / (whole - first)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
            print(f"| {batch} | {prompt} | {batch * prompt / first:.0f} | {decode:.1f} | {batch * options.new_tokens / whole:.1f} | {peak:.2f} |", flush=True)


main()
