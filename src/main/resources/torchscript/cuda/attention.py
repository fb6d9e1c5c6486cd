# Attention of a ragged step over one flat KV cache, and the writing of its new keys and values.
# Alphabet: T tokens of the step, B its sequences, H query heads, J key-value heads, G = H / J, D head
# dim, L layers, N places of the cache. A sequence's keys lie at consecutive places.
class Batch:
  positions : Tensor  # [T]
  keys : Tensor  # [L, N, J, D]
  values : Tensor
  window : int  # of the layers that have one; 0 where none has
  num_decoding : int  # sequences of one new token, which come first
  begins : List[int]  # of each sequence the place of its first key
  used : List[int]  # its keys, the new ones included
  counts : List[int]  # its new tokens
  places : Tensor  # [T], of the new keys
  begins_q : Tensor  # int32 [B + 1], of each sequence the number of its first new token; and T
  begins_k : Tensor  # int32 [B + 1], the begins; and N
  used_k : Tensor  # int32 [B]

  def __init__(self: __torch__.attention.Batch, positions: Tensor, keys: List[Tensor], values: List[Tensor], groups: List[int], chunks: List[int], window: int) -> NoneType:
    # positions [T]; keys and values: one tensor each; groups: first place and number of keys of each
    # decoding sequence; chunks: first place, start and length of each prefill chunk
    device = ops.prim.device(positions)
    self.positions = positions
    self.keys = keys[0]
    self.values = values[0]
    self.window = window
    num_decoding = torch.floordiv(torch.len(groups), 2)
    begins = annotate(List[int], [])
    used = annotate(List[int], [])
    counts = annotate(List[int], [])
    for s in range(num_decoding):
      torch.append(begins, groups[2 * s])
      torch.append(used, groups[2 * s + 1])
      torch.append(counts, 1)
    for c in range(torch.floordiv(torch.len(chunks), 3)):
      torch.append(begins, chunks[3 * c])
      torch.append(used, chunks[3 * c + 1] + chunks[3 * c + 2])
      torch.append(counts, chunks[3 * c + 2])
    # Put together on the host, so that one transfer brings all of it.
    T = torch.size(positions, 0)
    B = torch.len(begins)
    number = torch.tensor(counts)
    of_tokens = torch.repeat_interleave(torch.tensor(begins), number, output_size=T)
    ends_k = torch.tensor([torch.size(keys[0], 1)])
    table = torch.cat([of_tokens, torch.zeros([1], dtype=4), torch.cumsum(number, 0), torch.tensor(begins), ends_k, torch.tensor(used)], 0)
    table = torch.to(table, device, 3)
    self.num_decoding = num_decoding
    self.begins = begins
    self.used = used
    self.counts = counts
    self.places = torch.add(positions, table[:T])
    self.begins_q = table[T:T + B + 1]
    self.begins_k = table[T + B + 1:T + 2 * B + 2]
    self.used_k = table[T + 2 * B + 2:]
    return None

  def attend(self: __torch__.attention.Batch, layer: int, q: Tensor, k: Tensor, v: Tensor, score: __torch__.score.Score) -> Tensor:
    # q [T, H, D], k and v [T, J, D] -> [T, H D]
    K = torch.index_copy_(torch.select(self.keys, 0, layer), 0, self.places, k)
    V = torch.index_copy_(torch.select(self.values, 0, layer), 0, self.places, v)
    window = self.window if score.windowed else 0
    if __torch__.flash.takes(q, score.cap):
      out = __torch__.flash.attend(q, K, V, self.begins_q, self.begins_k, self.used_k, ops.prim.max(self.counts), ops.prim.max(self.used), score.scale, window)
    else:
      out = __torch__.ragged.attend(q, K, V, self.num_decoding, self.begins, self.used, self.counts, score, window)
    return torch.reshape(out, [torch.size(q, 0), -1])
