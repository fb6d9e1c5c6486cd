#!/usr/bin/env python3
"""Compares a training of ours with peft; needs torch, transformers, peft, sentencepiece and pyarrow.

  train_beside_peft.py ids MODEL ADAPTER OUTPUT   greedy ids of peft beside those of a generation job's OUTPUT (output.token_ids: true)
  train_beside_peft.py steps MODEL ROWS.jsonl     seconds of a step with peft, settings of jobs/yukiguni-mini-lora-train.yaml
  train_beside_peft.py make SHAPE MODEL           writes a Llama with random bfloat16 weights: swallow-7b or llama-1.1b; add a tokenizer to train it here
  train_beside_peft.py random MODEL TOKENS DTYPE  seconds and memory of steps on one row of TOKENS random tokens, r=8 on q_proj and v_proj,
                                                  with activation checkpointing, computed in DTYPE (float32, bfloat16)
"""
import json
import os
import resource
import sys
import time

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM

torch.set_num_threads(int(os.environ.get("THREADS", 2)))


def tokenizer(folder):
    import sentencepiece
    return sentencepiece.SentencePieceProcessor(model_file=os.path.join(folder, "spiece.model"))


def ids(folder, adapter, output):
    import pyarrow.dataset as ds
    rows = ds.dataset(output, partitioning="hive", exclude_invalid_files=True).to_table().to_pylist()
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32), adapter).eval()
    sp = tokenizer(folder)
    equal = 0
    for row in rows:
        prompt = torch.tensor([sp.encode(row["prompt"])])
        with torch.no_grad():
            out = model.generate(prompt, attention_mask=torch.ones_like(prompt), do_sample=False, repetition_penalty=1.0, max_new_tokens=row["completion_tokens"], pad_token_id=0)
        equal += out[0, prompt.shape[1]:].tolist() == list(row["token_ids"])
    print(f"{equal} of {len(rows)} completions have equal ids")
    sys.exit(equal != len(rows))


def timed(model, batches, accumulation):
    opt = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-3)
    times, tokens = [], 0
    for s in range(0, len(batches) - accumulation + 1, accumulation):
        start = time.time()
        for x, y, mask in batches[s:s + accumulation]:
            (model(input_ids=x, attention_mask=mask, labels=y).loss / accumulation).backward()
            tokens += int(mask.sum())
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        opt.zero_grad()
        times.append(time.time() - start)
    return times, tokens


def steps(folder, file):
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    base.config.use_cache = False
    model = get_peft_model(base, LoraConfig(r=8, lora_alpha=16, lora_dropout=0.05, task_type="CAUSAL_LM",
                                            target_modules=["query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"])).train()
    sp = tokenizer(folder)
    rows = []
    for line in open(file):
        r = json.loads(line)
        prompt = sp.encode(f"ユーザー: {r['instruction']}<NL>システム: ")
        rows.append((prompt + sp.encode(r["output"]) + [3], len(prompt)))
    batches = []
    for b in range(0, len(rows) // 16 * 16, 16):
        some = rows[b:b + 16]
        m = max(len(i) for i, _ in some)
        x = torch.tensor([i + [0] * (m - len(i)) for i, _ in some])
        y = torch.tensor([[-100] * n + i[n:] + [-100] * (m - len(i)) for i, n in some])
        batches.append((x, y, torch.tensor([[1] * len(i) + [0] * (m - len(i)) for i, _ in some])))
    times, tokens = timed(model, batches, 2)
    print(f"{len(times)} steps, {tokens / sum(times):.0f} tokens/s, {len(times) / sum(times):.2f} steps/s, peak {peak()}")


SHAPES = {"swallow-7b": dict(vocab_size=43176, hidden_size=4096, intermediate_size=11008, num_hidden_layers=32, num_attention_heads=32, num_key_value_heads=32),
          "llama-1.1b": dict(vocab_size=32000, hidden_size=2048, intermediate_size=5632, num_hidden_layers=22, num_attention_heads=32, num_key_value_heads=4)}


def make(shape, folder):
    from safetensors.torch import save_file
    from transformers import LlamaConfig
    config = LlamaConfig(**SHAPES[shape], max_position_embeddings=4096, rms_norm_eps=1e-5, tie_word_embeddings=False, dtype="bfloat16", architectures=["LlamaForCausalLM"])
    config.save_pretrained(folder)
    C, I, V = config.hidden_size, config.intermediate_size, config.vocab_size
    J = C // config.num_attention_heads * config.num_key_value_heads
    matrices = {"self_attn.q_proj": (C, C), "self_attn.k_proj": (J, C), "self_attn.v_proj": (J, C), "self_attn.o_proj": (C, C),
                "mlp.gate_proj": (I, C), "mlp.up_proj": (I, C), "mlp.down_proj": (C, I)}
    parts = [{f"model.layers.{i}.{n}.weight": s for n, s in matrices.items()} | {f"model.layers.{i}.{n}.weight": (C,) for n in ("input_layernorm", "post_attention_layernorm")}
             for i in range(config.num_hidden_layers)]
    parts.append({"model.embed_tokens.weight": (V, C), "lm_head.weight": (V, C), "model.norm.weight": (C,)})
    torch.manual_seed(1)
    index = {}
    for i, part in enumerate(parts):
        file = f"model-{i + 1:05d}-of-{len(parts):05d}.safetensors"
        save_file({n: torch.ones(s, dtype=torch.bfloat16) if len(s) == 1 else torch.empty(s).uniform_(-0.035, 0.035).bfloat16() for n, s in part.items()},
                  os.path.join(folder, file), metadata={"format": "pt"})
        index.update({n: file for n in part})
    with open(os.path.join(folder, "model.safetensors.index.json"), "w") as out:
        json.dump({"metadata": {}, "weight_map": index}, out)


def random_step(folder, tokens, dtype):
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, dtype))
    base.config.use_cache = False
    base.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    base.enable_input_require_grads()
    model = get_peft_model(base, LoraConfig(r=8, lora_alpha=16, lora_dropout=0.05, task_type="CAUSAL_LM", target_modules=["q_proj", "v_proj"])).train()
    x = torch.randint(10, base.config.vocab_size, (1, int(tokens)))
    times, _ = timed(model, [(x, x, torch.ones_like(x))] * int(os.environ.get("STEPS", 3)), 1)
    print("seconds of each step", [round(t, 2) for t in times], "peak", peak())


def peak():
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB"


{"ids": ids, "steps": steps, "make": make, "random": random_step}[sys.argv[1]](*sys.argv[2:])
