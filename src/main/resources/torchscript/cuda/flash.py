# FlashAttention 2 (https://arxiv.org/abs/2307.08691) as libtorch 2.7 has it for GPUs of compute
# capability 8.0 and more: a ragged batch in one kernel.


def takes(q: Tensor, cap: float) -> bool:
  # q [T, H, D]. The kernel has 16-bit numbers only, no cap on the scores, and at most 256 channels.
  D = torch.size(q, 2)
  return ops.prim.dtype(q) != 6 and cap == 0. and D <= 256 and D % 8 == 0


def attend(q: Tensor, k: Tensor, v: Tensor, runs: __torch__.attention.Runs, causal: bool, scale: Optional[float], window: int) -> Tuple[Tensor, Tensor]:
  # q [T, H, D]; k and v [N, J, D]. The last query of a run stands at its last key and, if causal,
  # the others before it; else all see all keys. window: 0 for none
  # -> [T, H, D], and the log of each query's sum of exponentials, float32 [H, T]
  # With used_k the kernel takes begins_k for places only (block_info.h), so they need not rise.
  left = annotate(Optional[int], None)
  if window > 0:
    left = window - 1
  out, weight, _1, _2, _3 = torch._flash_attention_forward(q, k, v, runs.begins_q, runs.begins_k, runs.max_q, runs.max_k, 0., causal, False, scale=scale, window_size_left=left, seqused_k=runs.used_k)
  return (out, weight)
