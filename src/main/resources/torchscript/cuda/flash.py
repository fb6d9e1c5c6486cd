# FlashAttention 2 (https://arxiv.org/abs/2307.08691) as libtorch 2.7 has it for GPUs of compute
# capability 8.0 and more: a ragged batch in one kernel.


def takes(q: Tensor, cap: float) -> bool:
  # q [T, H, D]. The kernel has 16-bit numbers only, no cap on the scores, and at most 256 channels.
  D = torch.size(q, 2)
  return ops.prim.dtype(q) != 6 and cap == 0. and D <= 256 and D % 8 == 0


def attend(q: Tensor, k: Tensor, v: Tensor, begins_q: Tensor, begins_k: Tensor, used_k: Tensor, max_q: int, max_k: int, scale: Optional[float], window: int) -> Tensor:
  # q [T, H, D]; k and v [N, J, D]. Sequence s of B has the queries begins_q[s] to begins_q[s + 1] and
  # the used_k[s] keys from begins_k[s] on; its last query stands at its last key. begins_q [B + 1],
  # begins_k [B + 1], used_k [B], all int32; window: 0 for none -> [T, H, D]
  # With used_k the kernel takes begins_k for places only (block_info.h), so they need not rise.
  left = annotate(Optional[int], None)
  if window > 0:
    left = window - 1
  out, _0, _1, _2, _3 = torch._flash_attention_forward(q, k, v, begins_q, begins_k, max_q, max_k, 0., True, False, scale=scale, window_size_left=left, seqused_k=used_k)
  return out
