# Attention of a ragged batch by libtorch's plain kernels, for what FlashAttention cannot do: all
# decoding sequences together, prompts one by one.
# Alphabet: T tokens, n decoding sequences, N places, H query heads, J key-value
# heads, G = H / J, D head dim.


def decode(q: Tensor, k: Tensor, v: Tensor, begins: List[int], used: List[int], fronts: List[int], score: __torch__.score.Score, window: int) -> Tensor:
  # q [n, H, D] of sequences of one query each; k and v [N, J, D] -> [n, H, D]
  device = ops.prim.device(q)
  J = torch.size(k, 1)
  # Of each sequence its runs of keys: two in front, and its own.
  front = torch.view(torch.tensor(fronts), [-1, 2, 2])
  firsts = torch.cat([front[:, :, 0], torch.unsqueeze(torch.tensor(begins), 1)], 1)
  ends = torch.cumsum(torch.cat([front[:, :, 1], torch.unsqueeze(torch.tensor(used), 1)], 1), 1)
  last = torch.to(torch.sub(ends[:, 2], 1), device, 4)
  longest = torch.Int(torch.max(ends))
  at = torch.arange(longest)
  places = torch.add(torch.sub(firsts[:, 2:], ends[:, 1:2]), at)
  places = torch.where(torch.lt(at, ends[:, 1:2]), torch.add(torch.sub(firsts[:, 1:2], ends[:, :1]), at), places)
  places = torch.where(torch.lt(at, ends[:, :1]), torch.add(firsts[:, :1], at), places)
  places = torch.to(places, device, 4)
  # Behind its keys a sequence reads those of others, which the mask hides.
  places = torch.reshape(torch.clamp(places, None, torch.size(k, 0) - 1), [-1])
  shape = [torch.size(q, 0), longest, J, -1]
  K = torch.transpose(torch.view(torch.index_select(k, 0, places), shape), 1, 2)
  V = torch.transpose(torch.view(torch.index_select(v, 0, places), shape), 1, 2)
  mask = torch.to(__torch__.score.mask_of(last, longest, window), q)
  Q = torch.reshape(q, [torch.size(q, 0), J, torch.floordiv(torch.size(q, 1), J), -1])
  mask = torch.expand(torch.view(mask, [-1, 1, 1, longest]), [-1, 1, torch.size(Q, 2), -1])
  return torch.reshape(score.attend(Q, K, V, mask), torch.size(q))


def prefill(q: Tensor, k: Tensor, v: Tensor, score: __torch__.score.Score, window: int) -> Tensor:
  # q [n, H, D], the last queries of a sequence with the keys k and v [used, J, D] -> [n, H, D]
  n = torch.size(q, 0)
  used = torch.size(k, 0)
  J = torch.size(k, 1)
  G = torch.floordiv(torch.size(q, 1), J)
  Q = torch.permute(torch.reshape(q, [n, J, G, -1]), [1, 2, 0, 3])
  K = torch.expand(torch.unsqueeze(torch.transpose(k, 0, 1), 1), [J, G, used, -1])
  V = torch.expand(torch.unsqueeze(torch.transpose(v, 0, 1), 1), [J, G, used, -1])
  queries = torch.arange(used - n, used, device=ops.prim.device(q))
  mask = torch.to(__torch__.score.mask_of(queries, used, window), q)
  return torch.reshape(torch.permute(score.attend(Q, K, V, mask), [2, 0, 1, 3]), torch.size(q))


def keys_of(x: Tensor, begin: int, used: int, fronts: List[int]) -> Tensor:
  # x [N, J, D] -> those of one sequence [its length, J, D]; fronts: of this one
  own = x[begin:begin + used]
  if fronts[1] > 0 or fronts[3] > 0:
    own = torch.cat([x[fronts[0]:fronts[0] + fronts[1]], x[fronts[2]:fronts[2] + fronts[3]], own], 0)
  return own


def attend(q: Tensor, k: Tensor, v: Tensor, num_decoding: int, begins: List[int], used: List[int], counts: List[int], fronts: List[int], score: __torch__.score.Score, window: int) -> Tensor:
  # q [T, H, D], k and v [N, J, D]; the lists as in attention.Batch -> [T, H, D]
  outs = annotate(List[Tensor], [])
  n = num_decoding
  if n > 0:
    torch.append(outs, __torch__.ragged.decode(q[:n], k, v, begins[:n], used[:n], fronts[:4 * n], score, window))
  t = n
  for s in range(n, torch.len(begins)):
    front = fronts[4 * s:4 * s + 4]
    K = __torch__.ragged.keys_of(k, begins[s], used[s], front)
    V = __torch__.ragged.keys_of(v, begins[s], used[s], front)
    torch.append(outs, __torch__.ragged.prefill(q[t:t + counts[s]], K, V, score, window))
    t = t + counts[s]
  return torch.cat(outs, 0)
