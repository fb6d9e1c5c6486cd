# Attention of a ragged batch by libtorch's plain kernels, for what FlashAttention cannot do: all
# decoding sequences together, prompts one by one.
# Alphabet: T tokens, n decoding sequences, P their longest, N places, H query heads, J key-value
# heads, G = H / J, D head dim.


def decode(q: Tensor, k: Tensor, v: Tensor, begins: List[int], used: List[int], prompts: List[int], score: __torch__.score.Score, window: int) -> Tensor:
  # q [n, H, D] of sequences of one query each; k and v [N, J, D] -> [n, H, D]
  device = ops.prim.device(q)
  J = torch.size(k, 1)
  shared = torch.view(torch.tensor(prompts), [-1, 2])
  lengths = shared[:, 1]
  last = torch.to(torch.sub(torch.add(torch.tensor(used), lengths), 1), device, 4)
  longest = torch.Int(torch.max(torch.add(torch.tensor(used), lengths)))
  # The keys of a shared prompt, then its own.
  at = torch.arange(longest)
  own = torch.sub(torch.unsqueeze(torch.tensor(begins), 1), torch.unsqueeze(lengths, 1))
  places = torch.add(torch.where(torch.lt(at, torch.unsqueeze(lengths, 1)), shared[:, :1], own), at)
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


def attend(q: Tensor, k: Tensor, v: Tensor, num_decoding: int, begins: List[int], used: List[int], counts: List[int], prompts: List[int], score: __torch__.score.Score, window: int) -> Tensor:
  # q [T, H, D], k and v [N, J, D]; the lists as in attention.Batch -> [T, H, D]
  outs = annotate(List[Tensor], [])
  n = num_decoding
  if n > 0:
    torch.append(outs, __torch__.ragged.decode(q[:n], k, v, begins[:n], used[:n], prompts, score, window))
  t = n
  for s in range(n, torch.len(begins)):
    begin = begins[s]
    end = begin + used[s]
    torch.append(outs, __torch__.ragged.prefill(q[t:t + counts[s]], k[begin:end], v[begin:end], score, window))
    t = t + counts[s]
  return torch.cat(outs, 0)
