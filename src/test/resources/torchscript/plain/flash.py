# What cuda/flash.py asks of its kernel, computed one query at a time.


def takes(q: Tensor, cap: float) -> bool:
  return cap == 0.


def attend(q: Tensor, k: Tensor, v: Tensor, runs: __torch__.attention.Runs, causal: bool, scale: Optional[float], window: int) -> Tuple[Tensor, Tensor]:
  if ops.prim.dtype(runs.begins_q) != 3 or ops.prim.dtype(runs.begins_k) != 3 or ops.prim.dtype(runs.used_k) != 3:
    ops.prim.RaiseException("the kernel wants 32-bit integers")
  D = torch.size(q, 2)
  G = torch.floordiv(torch.size(q, 1), torch.size(k, 1))
  factor = torch.div(1., torch.sqrt(D))
  if torch.__isnot__(scale, None):
    factor = unchecked_cast(float, scale)
  outs = annotate(List[Tensor], [])
  weights = annotate(List[Tensor], [])
  for s in range(torch.size(runs.used_k, 0)):
    begin_q = torch.Int(runs.begins_q[s])
    n = torch.Int(runs.begins_q[s + 1]) - begin_q
    begin = torch.Int(runs.begins_k[s])
    used = torch.Int(runs.used_k[s])
    if n > runs.max_q or used > runs.max_k or (causal and n > used):
      ops.prim.RaiseException("the longest is longer than was said")
    for i in range(n):
      last = used - 1
      if causal:
        last = used - n + i
      first = 0
      if window > 0:
        first = ops.prim.max(0, last - window + 1)
      K = torch.repeat_interleave(k[begin + first:begin + last + 1], G, 1)
      V = torch.repeat_interleave(v[begin + first:begin + last + 1], G, 1)
      scores = torch.mul(torch.sum(torch.mul(K, torch.unsqueeze(q[begin_q + i], 0)), [2], True), factor)
      torch.append(outs, torch.sum(torch.mul(torch.softmax(scores, 0), V), [0]))
      torch.append(weights, torch.squeeze(torch.logsumexp(scores, [0]), 1))
  return (torch.stack(outs, 0), torch.stack(weights, 1))
