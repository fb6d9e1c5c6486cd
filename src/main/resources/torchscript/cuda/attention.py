# Attention of a ragged step over one flat KV cache, and the writing of its new keys and values.
# Alphabet: T tokens of the step, B its sequences, M those tokens that read shared keys of a level, H
# query heads, J key-value heads, D head dim, L layers, N places of the cache. A sequence's own keys
# lie at consecutive places; in front of them it can read runs that it shares with others, at most
# one of each level.
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


class Batch:
  positions : Tensor  # [T]
  keys : Tensor  # [L, N, J, D]
  values : Tensor
  window : int  # of the layers that have one; 0 where none has
  num_decoding : int  # sequences of one new token, which come first
  begins : List[int]  # of each sequence the place of its first own key
  used : List[int]  # its own keys, the new ones included
  counts : List[int]  # its new tokens
  fronts : List[int]  # of each the places and lengths of two runs in front of its own; 0 and 0 for none
  places : Tensor  # [T], of the new keys
  own : __torch__.attention.Runs  # the sequences' own keys
  readers : List[Tensor]  # for each level [M], the tokens that read it, run by run
  shared : List[__torch__.attention.Runs]  # those tokens and what they read

  def __init__(self: __torch__.attention.Batch, positions: Tensor, cache: List[Tensor], layout: List[int], window: int) -> NoneType:
    # cache: keys, values and FlatLayout.java's table; layout: its numbers. The lists are for the
    # plain kernels, the table for the others; both are made there because to go through 256
    # sequences here takes as long as a layer.
    T = torch.size(positions, 0)
    B = layout[1]
    table = torch.to(cache[2], 3)
    at = T + 3 * B + 2
    self.positions = positions
    self.keys = cache[0]
    self.values = cache[1]
    self.window = window
    self.num_decoding = layout[0]
    self.places = cache[2][:T]
    self.own = __torch__.attention.Runs(table[T:at], layout[2], layout[3])
    readers = annotate(List[Tensor], [])
    shared = annotate(List[__torch__.attention.Runs], [])
    lists = 5
    for e in range(layout[4]):
      M = layout[lists]
      end = at + M + 3 * layout[lists + 1] + 2
      torch.append(readers, cache[2][at:at + M])
      torch.append(shared, __torch__.attention.Runs(table[at + M:end], layout[lists + 2], layout[lists + 3]))
      at = end
      lists = lists + 4
    self.readers = readers
    self.shared = shared
    self.begins = layout[lists:lists + B]
    self.used = layout[lists + B:lists + 2 * B]
    self.counts = layout[lists + 2 * B:lists + 3 * B]
    self.fronts = layout[lists + 3 * B:]
    return None

  def attend(self: __torch__.attention.Batch, layer: int, q: Tensor, k: Tensor, v: Tensor, score: __torch__.score.Score) -> Tensor:
    # q [T, H, D], k and v [T, J, D] -> [T, H D]
    K = torch.index_copy_(torch.select(self.keys, 0, layer), 0, self.places, k)
    V = torch.index_copy_(torch.select(self.values, 0, layer), 0, self.places, v)
    window = self.window if score.windowed else 0
    if __torch__.flash.takes(q, score.cap):
      out, weight = __torch__.flash.attend(q, K, V, self.own, True, score.scale, window)
      for e in range(torch.len(self.readers)):
        # Shared keys are read once for all who see them.
        rows = self.readers[e]
        part, part_weight = __torch__.flash.attend(torch.index_select(q, 0, rows), K, V, self.shared[e], False, score.scale, 0)
        both, both_weight = __torch__.attention.join(torch.index_select(out, 0, rows), torch.index_select(weight, 1, rows), part, part_weight)
        out = torch.index_copy(out, 0, rows, both)
        weight = torch.index_copy(weight, 1, rows, both_weight)
    else:
      out = __torch__.ragged.attend(q, K, V, self.num_decoding, self.begins, self.used, self.counts, self.fronts, score, window)
    return torch.reshape(out, [torch.size(q, 0), -1])


def join(a: Tensor, a_weight: Tensor, b: Tensor, b_weight: Tensor) -> Tuple[Tensor, Tensor]:
  # Attention over two sets of keys from that over each: a and b [M, H, D], and the logs of the sums
  # of their exponentials [H, M] -> [M, H, D] and [H, M]
  share = torch.unsqueeze(torch.transpose(torch.sigmoid(torch.sub(b_weight, a_weight)), 0, 1), 2)
  both = torch.to(torch.lerp(torch.to(a, 6), torch.to(b, 6), share), a)
  return (both, torch.logaddexp(a_weight, b_weight))
