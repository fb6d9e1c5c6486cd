#!/usr/bin/env python3
"""Runs Yukiguni's TorchScript sources under PyTorch, on a GPU where there is no JVM: checks them against transformers and times them.

usage: gpu.py check [--device cuda|cpu|meta] [--kernel flash|older|plain]
       gpu.py time SHAPE [--batch 1,32,128,256] [--prompt 128,1024] [--new-tokens 64] [--completions 1] [--peer]

check: logits of a prompt in two chunks beside decoding sequences, of which some share a prompt or its beginning, for tiny random models, in the flat cache and in
       one ragged batch. The device meta has no numbers: there it is only checked that all tensors are made on the device of the inputs.
time: decoding steps as the engine makes them, greedy, without the engine; beside the roofline of the device (measured bandwidth and
matrix rate) and, with --peer, transformers' generate at batch 1 and its continuous batching. --completions: how many sequences of a batch share
a prompt; the roofline then counts a prompt's keys and values once.
Needs torch and transformers. The archive is made of the same files, in the same way, as by script/ScriptArchive.java.
"""
import argparse
import io
import pathlib
import time
import zipfile

import torch
import transformers

RESOURCES = pathlib.Path(__file__).parents[1]
KERNELS = {
    "flash": "main/resources/torchscript/cuda/flash.py",
    "older": "main/resources/torchscript/cuda/older/flash.py",
    "plain": "test/resources/torchscript/plain/flash.py",
}
SHAPES = {
    "neox-3.6b": lambda: transformers.GPTNeoXConfig(
        hidden_size=2816, num_hidden_layers=36, num_attention_heads=22, intermediate_size=11264, vocab_size=32000, rotary_pct=1.0, use_parallel_residual=False
    ),
    "llama-7b": lambda: transformers.LlamaConfig(vocab_size=43176),
}
TINY = {
    "neox": lambda: transformers.GPTNeoXConfig(
        hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128, vocab_size=300, rotary_pct=1.0, max_position_embeddings=128
    ),
    "llama": lambda: transformers.LlamaConfig(
        hidden_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, intermediate_size=128, vocab_size=300, max_position_embeddings=128
    ),
    "mistral": lambda: transformers.MistralConfig(
        hidden_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, intermediate_size=128, vocab_size=300, sliding_window=10, max_position_embeddings=128
    ),
    "gpt2": lambda: transformers.GPT2Config(n_embd=64, n_layer=2, n_head=4, vocab_size=300, n_positions=128, bos_token_id=None, eos_token_id=None),
    "gemma2": lambda: transformers.Gemma2Config(
        hidden_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=16, intermediate_size=128, vocab_size=300, sliding_window=10,
        query_pre_attn_scalar=16, max_position_embeddings=128, attn_implementation="eager"
    ),
}
# Script, then names of the layers, the embedding and the last norm; the head has the embedding's name where a model has none of its own.
FAMILIES = {
    "gpt2": ("gpt2", "transformer.h", "transformer.wte.weight", "transformer.ln_f"),
    "gpt_neox": ("gpt_neox", "gpt_neox.layers", "gpt_neox.embed_in.weight", "gpt_neox.final_layer_norm"),
    "gemma2": ("gemma2", "model.layers", "model.embed_tokens.weight", "model.norm"),
    "llama": ("llama", "model.layers", "model.embed_tokens.weight", "model.norm"),
}


def windows(c):
    """Of each layer; 0 for none."""
    window = getattr(c, "sliding_window", None) or 0
    return [window if getattr(c, "layer_types", ["sliding_attention"] * c.num_hidden_layers)[i] == "sliding_attention" else 0 for i in range(c.num_hidden_layers)]


def arguments(c, heads, kv_heads, dim):
    """Of a script's configure, as checkpoint/*.java give them."""
    rotary = [dim, 10000.0, "default", [], c.max_position_embeddings]
    if c.model_type == "gpt2":
        return [heads, c.layer_norm_epsilon, c.activation_function]
    if c.model_type == "gpt_neox":
        return [heads, c.layer_norm_eps, c.hidden_act, c.use_parallel_residual, *rotary]
    if c.model_type == "gemma2":
        return [heads, kv_heads, c.rms_norm_eps, c.hidden_activation, windows(c), *rotary, c.query_pre_attn_scalar**-0.5, c.attn_logit_softcapping, c.final_logit_softcapping, c.hidden_size**0.5]
    return [heads, kv_heads, c.rms_norm_eps, c.hidden_act, windows(c), *rotary]


def archive(main, kernel):
    sources = [f"main/resources/torchscript/{name}.py" for name in (main, "weights", "norm", "activation", "rotary", "score", "gradients", "linear", "adapter", "precision", "cuda/attention", "cuda/ragged")]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as files:
        files.writestr("yukiguni/data.pkl", b"\x80\x02c__torch__." + main.encode() + b"\nModel\n)\x81K\x00b.")
        for source in sources + [KERNELS[kernel]]:
            files.writestr(f"yukiguni/code/__torch__/{pathlib.Path(source).name}", (RESOURCES / source).read_text())
        files.writestr("yukiguni/constants.pkl", b"\x80\x02).")
        files.writestr("yukiguni/version", "10\n")
    stream.seek(0)
    return torch.jit.load(stream)


class Model:
    """A script on the weights of a transformers model, with a flat cache of `tokens` places."""

    def __init__(self, peer, device, dtype, kernel, tokens):
        c = peer.config
        script, layers, embedding, norm = FAMILIES.get(c.model_type, FAMILIES["llama"])
        heads = c.num_attention_heads
        kv_heads = getattr(c, "num_key_value_heads", heads)
        dim = getattr(c, "head_dim", None) or c.hidden_size // heads
        self.device = device
        self.script = archive(script, kernel)
        self.script.configure(device, *arguments(c, heads, kv_heads, dim))
        weights = {name: tensor.to(device, dtype) for name, tensor in peer.state_dict().items()}
        for layer in range(c.num_hidden_layers):
            prefix = f"{layers}.{layer}."
            self.script.add_layer({name[len(prefix) :]: tensor for name, tensor in weights.items() if name.startswith(prefix)}, layer)
        start = {"embedding": weights[embedding]}
        if script == "gpt2":
            start["position_embedding"] = weights["transformer.wpe.weight"]
        self.script.add_start(start)
        head = weights[next(n for n in ("embed_out.weight", "lm_head.weight", embedding) if n in weights)]
        self.script.add_end({"head": head} | {f"norm.{part}": weights[f"{norm}.{part}"] for part in ("weight", "bias") if f"{norm}.{part}" in weights})
        shape = (c.num_hidden_layers, tokens, kv_heads, dim)
        self.keys = torch.zeros(shape, dtype=dtype, device=device)
        self.values = torch.zeros(shape, dtype=dtype, device=device)
        self.kv_bytes = 2 * c.num_hidden_layers * kv_heads * dim * dtype.itemsize
        self.linear_weights = sum(w.numel() for name, w in weights.items() if w.dim() == 2 and name.startswith(layers)) + head.numel()

    @torch.inference_mode()
    def step(self, ids, positions, decoding, chunks, shared, rows):
        """ids: a tensor on the device or a list; rows: whose logits are wanted; the others: as layout takes them."""
        on = lambda numbers: torch.as_tensor(numbers, dtype=torch.int64, device=self.device)
        table, numbers = layout(positions, decoding, chunks, shared, self.keys.shape[1])
        return self.script.forward(on(ids), on(positions), [self.keys, self.values, on(table)], numbers, on(rows))


def runs(sequences, places):
    """sequences: of each the place of its first key, its keys and its queries."""
    begins_q = [sum(s[2] for s in sequences[:i]) for i in range(len(sequences) + 1)]
    table = begins_q + [s[0] for s in sequences] + [places] + [s[1] for s in sequences]
    return table, [max((s[2] for s in sequences), default=0), max((s[1] for s in sequences), default=0)]


def layout(positions, decoding, chunks, shared, places):
    """As model/FlatLayout.java makes it. decoding: of each sequence the place of its first own key; chunks: place, start and length;
    shared: levels of place, length and the tokens that read them."""
    fronts = [[run for level in shared for run in level if t in run[2]] for t in range(len(positions))]
    own = [(begin, positions[s] + 1 - sum(run[1] for run in fronts[s]), 1) for s, begin in enumerate(decoding)]
    at = [begin + keys - 1 for begin, keys, _ in own] + [place + start + i for place, start, n in chunks for i in range(n)]
    firsts = [*range(len(own))] + [len(own) + sum(n for _, _, n in chunks[:c]) for c in range(len(chunks))]
    own += [(place, start + n, n) for place, start, n in chunks]
    own_table, own_most = runs(own, places)
    table, numbers = at + own_table, [len(decoding), len(own), *own_most, len(shared)]
    for level in shared:
        readers = [t for _, _, tokens in level for t in tokens]
        level_table, most = runs([(place, length, len(tokens)) for place, length, tokens in level], places)
        table += readers + level_table
        numbers += [len(readers), len(level), *most]
    for t in firsts:
        fronts[t] = [x for run in fronts[t] for x in run[:2]] + [0, 0] * (2 - len(fronts[t]))
    return table, numbers + [s[i] for i in range(3) for s in own] + [x for t in firsts for x in fronts[t]]


def check(options):
    dtype = torch.float32 if options.device == "cpu" else torch.bfloat16
    for name, config in TINY.items():
        torch.manual_seed(1)
        peer = transformers.AutoModelForCausalLM.from_config(config()).eval()
        model = Model(peer, options.device, dtype, options.kernel, 200)
        texts = [torch.randint(0, 300, (n,)).tolist() for n in (23, 9, 40)]
        with torch.inference_mode():
            expected = [peer(torch.tensor([text])).logits[0] for text in texts]
        # The first two are prefilled but for their last tokens; then they decode beside the chunks of the third. Without
        # windows two more go on from the first one's prompt, and one from its 15 first tokens and eight others, which
        # are prefilled behind these, and two decode behind all 23.
        model.step(texts[0][:-1] + texts[1][:-1], [*range(22), *range(8)], [], [(0, 0, 22), (64, 0, 8)], [], [0])
        first = model.step(texts[2][:25], [*range(25)], [], [(100, 0, 25)], [], [24])
        others, decoding, shared = [], [0, 64], []
        if not getattr(peer.config, "sliding_window", None):
            behind = texts[1][:8]
            model.step(behind, [*range(15, 23)], [], [(170, 0, 8)], [[(0, 15, range(8))]], [0])
            others = [texts[0][:-1] + [7], texts[0][:-1] + [8], texts[0][:15] + behind + [7], texts[0][:15] + behind + [8]]
            decoding += [150, 160, 180, 185]
            shared = [[(0, 22, [2, 3]), (0, 15, [4, 5])], [(170, 8, [4, 5])]]
        with torch.inference_mode():
            branches = [peer(torch.tensor([other])).logits[0][-1] for other in others]
        n = len(decoding)
        ids = [texts[0][-1], texts[1][-1]] + [other[-1] for other in others] + texts[2][25:]
        positions = [22, 8] + [len(other) - 1 for other in others] + [*range(25, 40)]
        mixed = model.step(ids, positions, decoding, [(100, 25, 15)], shared, [*range(n), n + 14])
        if options.device == "meta":
            assert first.is_meta and mixed.is_meta and mixed.shape == (n + 1, 300)
            print(f"{name}: stays on the device of its inputs")
            continue
        found = torch.cat([first, mixed]).float().cpu()
        wanted = torch.stack([expected[2][24], expected[0][-1], expected[1][-1]] + branches + [expected[2][-1]])
        error = ((found - wanted).abs().max() / wanted.abs().max()).item()
        print(f"{name}: largest error {error:.2e} of the largest logit")
        assert error < (0.05 if dtype == torch.bfloat16 else 1e-4), name


def seconds(run, device, runs=3):
    best = float("inf")
    for _ in range(runs):
        if device == "cuda":
            torch.cuda.synchronize()
        start = time.perf_counter()
        run()
        if device == "cuda":
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - start)
    return best


def machine(device, dtype):
    """Bytes a second when copying, read and write counted; operations a second of a matrix product."""
    size = 1 << (30 if device == "cuda" else 26)
    a = torch.ones(size, dtype=torch.int8, device=device)
    b = torch.empty_like(a)
    n = 8192 if device == "cuda" else 1024
    m = torch.ones(n, n, dtype=dtype, device=device)
    return 2 * size / seconds(lambda: b.copy_(a), device), 2 * n**3 / seconds(lambda: m @ m, device)


def timed(model, batch, prompt, new_tokens, completions):
    """Seconds of the prefill and of each decoding step; the prompts go in chunks of 4096 tokens at most."""
    prompts = batch // completions
    room = prompt + new_tokens if completions == 1 else prompt
    ids = torch.randint(0, 300, (prompts, prompt), device=model.device)
    at = max(1, 4096 // prompt)
    last = torch.zeros(prompts, dtype=torch.int64, device=model.device)
    shared = [[(p * room, prompt, range(p * completions, (p + 1) * completions)) for p in range(prompts)]] if completions > 1 else []
    decoding = [prompts * room + s * new_tokens for s in range(batch)] if completions > 1 else [s * room for s in range(batch)]

    def prefill():
        for begin in range(0, prompts, at):
            n = min(at, prompts - begin)
            chunks = [(s * room, 0, prompt) for s in range(begin, begin + n)]
            logits = model.step(ids[begin : begin + n].reshape(-1), list(range(prompt)) * n, [], chunks, [], [prompt * (s + 1) - 1 for s in range(n)])
            last[begin : begin + n] = logits.argmax(1)

    def decode():
        tokens = last.repeat_interleave(completions)
        for i in range(new_tokens - 1):
            tokens = model.step(tokens, [prompt + i] * batch, decoding, [], shared, list(range(batch))).argmax(1)
            tokens.tolist()  # the engine reads every step's ids

    prefill()
    first = seconds(prefill, model.device)
    decode()
    return first, seconds(decode, model.device) / (new_tokens - 1)


def time_all(options):
    device, dtype = options.device, torch.bfloat16
    name = torch.cuda.get_device_name() if device == "cuda" else "CPU"
    bandwidth, rate = machine(device, dtype)
    print(f"{options.shape}, bfloat16, {name}, torch {torch.__version__}; copies {bandwidth / 1e9:.0f} GB/s, multiplies {rate / 1e12:.2f} Tflop/s\n")
    print("| batch | prompt | prefill tokens/s | decode tokens/s | tokens/s | of the roofline |\n|---|---|---|---|---|---|")
    torch.set_default_dtype(dtype)
    with torch.device(device):
        peer = transformers.AutoModelForCausalLM.from_config({**SHAPES, **TINY}[options.shape]()).eval()
    torch.set_default_dtype(torch.float32)
    for prompt in options.prompt:
        for batch in options.batch:
            completions = min(options.completions, batch)
            model = Model(peer, device, dtype, options.kernel, batch * (prompt + options.new_tokens))
            first, step = timed(model, batch, prompt, options.new_tokens, completions)
            bytes_read = model.linear_weights * dtype.itemsize + batch * (prompt / completions + options.new_tokens / 2) * model.kv_bytes
            floor = max(bytes_read / bandwidth, 2 * model.linear_weights * batch / rate)
            total = batch * options.new_tokens / (first + step * (options.new_tokens - 1))
            print(f"| {batch} | {prompt} | {batch // completions * prompt / first:.0f} | {batch / step:.1f} | {total:.1f} | {100 * floor / step:.0f} % |", flush=True)
            if options.peer:
                peers(peer, batch, prompt, options.new_tokens, device)


def peers(peer, batch, prompt, new_tokens, device):
    ids = torch.randint(10, 200, (1, prompt), device=device)
    settings = {"do_sample": False, "min_new_tokens": new_tokens, "max_new_tokens": new_tokens, "pad_token_id": 0}
    if batch == 1:
        took = seconds(lambda: peer.generate(ids, attention_mask=torch.ones_like(ids), **settings), device, 2)
        print(f"|  |  | transformers' generate, batch 1 | | {new_tokens / took:.1f} | |", flush=True)
    inputs = [ids[0].tolist()] * batch
    config = transformers.GenerationConfig(eos_token_id=-1, **settings)
    took = seconds(lambda: peer.generate_batch(inputs=inputs, generation_config=config), device, 2)
    print(f"|  |  | transformers' continuous batching | | {batch * new_tokens / took:.1f} | |", flush=True)


def main():
    numbers = lambda text: [int(n) for n in text.split(",")]
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["check", "time"])
    parser.add_argument("shape", nargs="?", default="neox-3.6b", choices=[*SHAPES, *TINY])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--kernel", default="flash", choices=KERNELS)
    parser.add_argument("--batch", type=numbers, default=[1, 32, 128, 256])
    parser.add_argument("--prompt", type=numbers, default=[128, 1024])
    parser.add_argument("--new-tokens", type=int, default=64)
    parser.add_argument("--completions", type=int, default=1)
    parser.add_argument("--peer", action="store_true")
    options = parser.parse_args()
    check(options) if options.command == "check" else time_all(options)


main()
