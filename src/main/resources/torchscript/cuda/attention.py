# Attention of a ragged step over one flat KV cache, and the writing of its new keys and values.
# Alphabet: T tokens of the step, B its sequences, P its shared prompts, M their sequences, H query
# heads, J key-value heads, D head dim, L layers, N places of the cache. A sequence's keys lie at
# consecutive places; one of a shared prompt reads that, too, in front of its own.
class Runs:
  begins_q : Tensor  # int32 [B + 1], of each sequence the number of its first query; and their number
  begins_k : Tensor  # int32 [B + 1], of each the place of its first key; and N
  used_k : Tensor  # int32 [B], of each its number of keys
  max_q : int  # most queries of one
  max_k : int  # most keys of one

  def __init__(self: __torch__.attention.Runs, table: Tensor, max_q: int, max_k: int) -> NoneType:
    # table: the three tensors in one
    B = torch.floordiv(torch.size(table, 0) - 2, 3)
    self.begins_q = table[:B + 1]
    self.begins_k = table[B + 1:2 * B + 2]
    self.used_k = table[2 * B + 2:]
    self.max_q = max_q
    self.max_k = max_k
    return None


def table_of(counts: List[int], begins: List[int], used: List[int], places: int) -> List[Tensor]:
  # For Runs: of each sequence its queries, the place of its first key and its number of keys; N.
  return [torch.zeros([1], dtype=4), torch.cumsum(torch.tensor(counts, dtype=4), 0), torch.tensor(begins, dtype=4), torch.tensor([places]), torch.tensor(used, dtype=4)]


class Batch:
  positions : Tensor  # [T]
  keys : Tensor  # [L, N, J, D]
  values : Tensor
  window : int  # of the layers that have one; 0 where none has
  num_decoding : int  # sequences of one new token, which come first
  begins : List[int]  # of each sequence the place of its first key
  used : List[int]  # its keys there, the new ones included
  counts : List[int]  # its new tokens
  prompts : List[int]  # of each decoding one the place and the length of its shared prompt; 0 and 0 without
  places : Tensor  # [T], of the new keys
  own : __torch__.attention.Runs  # the sequences' own keys
  num_sharing : int  # M
  sharing : Tensor  # [M], their tokens, prompt by prompt
  shared : __torch__.attention.Runs  # those tokens and their prompts

  def __init__(self: __torch__.attention.Batch, positions: Tensor, keys: List[Tensor], values: List[Tensor], groups: List[int], chunks: List[int], window: int) -> NoneType:
    # positions [T]; keys and values: one tensor each; groups: the number of decoding sequences, of
    # each the first place and number of its own keys, and of each shared prompt the first place,
    # the length, the number of its sequences and these; chunks: first place, start and length of
    # each prefill chunk
    self.positions = positions
    self.keys = keys[0]
    self.values = values[0]
    self.window = window
    num_decoding = groups[0]
    begins = annotate(List[int], [])
    used = annotate(List[int], [])
    counts = annotate(List[int], [])
    prompts = annotate(List[int], [])
    for s in range(num_decoding):
      torch.append(begins, groups[1 + 2 * s])
      torch.append(used, groups[2 + 2 * s])
      torch.append(counts, 1)
      torch.append(prompts, 0)
      torch.append(prompts, 0)
    for c in range(torch.floordiv(torch.len(chunks), 3)):
      torch.append(begins, chunks[3 * c])
      torch.append(used, chunks[3 * c + 1] + chunks[3 * c + 2])
      torch.append(counts, chunks[3 * c + 2])
    shared_begins = annotate(List[int], [])
    shared_used = annotate(List[int], [])
    shared_counts = annotate(List[int], [])
    sharing = annotate(List[int], [])
    i = 1 + 2 * num_decoding
    while i < torch.len(groups):
      torch.append(shared_begins, groups[i])
      torch.append(shared_used, groups[i + 1])
      torch.append(shared_counts, groups[i + 2])
      for m in range(groups[i + 2]):
        s = groups[i + 3 + m]
        torch.append(sharing, s)
        torch._set_item(prompts, 2 * s, groups[i])
        torch._set_item(prompts, 2 * s + 1, groups[i + 1])
      i = i + 3 + groups[i + 2]
    # Put together on the host, so that one transfer brings all of it.
    T = torch.size(positions, 0)
    N = torch.size(keys[0], 1)
    M = torch.len(sharing)
    P = torch.len(shared_counts)
    of_tokens = torch.repeat_interleave(torch.tensor(begins), torch.tensor(counts), output_size=T)
    of_prompts = torch.tensor(prompts, dtype=4)[1::2]
    parts = [torch.sub(of_tokens, torch.constant_pad_nd(of_prompts, [0, T - num_decoding])), torch.tensor(sharing, dtype=4)]
    parts = torch.add(torch.add(parts, __torch__.attention.table_of(counts, begins, used, N)), __torch__.attention.table_of(shared_counts, shared_begins, shared_used, N))
    table = torch.to(torch.cat(parts, 0), ops.prim.device(positions), 3)
    self.num_decoding = num_decoding
    self.begins = begins
    self.used = used
    self.counts = counts
    self.prompts = prompts
    self.places = torch.add(positions, table[:T])
    self.num_sharing = M
    self.sharing = torch.to(table[T:T + M], 4)
    behind = torch.size(table, 0) - 3 * P - 2
    self.own = __torch__.attention.Runs(table[T + M:behind], ops.prim.max(counts), ops.prim.max(used))
    if P > 0:
      self.shared = __torch__.attention.Runs(table[behind:], ops.prim.max(shared_counts), ops.prim.max(shared_used))
    else:
      self.shared = self.own
    return None

  def attend(self: __torch__.attention.Batch, layer: int, q: Tensor, k: Tensor, v: Tensor, score: __torch__.score.Score) -> Tensor:
    # q [T, H, D], k and v [T, J, D] -> [T, H D]
    K = torch.index_copy_(torch.select(self.keys, 0, layer), 0, self.places, k)
    V = torch.index_copy_(torch.select(self.values, 0, layer), 0, self.places, v)
    window = self.window if score.windowed else 0
    if __torch__.flash.takes(q, score.cap):
      out, weight = __torch__.flash.attend(q, K, V, self.own, True, score.scale, window)
      if self.num_sharing > 0:
        # The keys of a shared prompt are read once for all its sequences.
        rows = self.sharing
        prompt, prompt_weight = __torch__.flash.attend(torch.index_select(q, 0, rows), K, V, self.shared, False, score.scale, 0)
        both = __torch__.attention.join(torch.index_select(out, 0, rows), torch.index_select(weight, 1, rows), prompt, prompt_weight)
        out = torch.index_copy(out, 0, rows, both)
    else:
      out = __torch__.ragged.attend(q, K, V, self.num_decoding, self.begins, self.used, self.counts, self.prompts, score, window)
    return torch.reshape(out, [torch.size(q, 0), -1])


def join(a: Tensor, a_weight: Tensor, b: Tensor, b_weight: Tensor) -> Tensor:
  # Attention over two sets of keys from that over each: a and b [M, H, D], and the logs of the sums
  # of their exponentials [H, M] -> [M, H, D]
  share = torch.unsqueeze(torch.transpose(torch.sigmoid(torch.sub(b_weight, a_weight)), 0, 1), 2)
  return torch.to(torch.lerp(torch.to(a, 6), torch.to(b, 6), share), a)
