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

  def __init__(self: __torch__.attention.Batch, positions: Tensor, cache: List[Tensor], layout: List[int], window: int) -> NoneType:
    # cache: keys, values, and a table of places, sharing, own and shared, one after the other;
    # layout: num_decoding, B, M, most queries and keys of own and of shared, then the lists. The
    # lists are for the plain kernels, the table for the others; both are made by FlatCache.java,
    # since to go through 256 sequences here takes longer than a layer.
    T = torch.size(positions, 0)
    num_decoding, B, M = layout[0], layout[1], layout[2]
    table = torch.to(cache[2], 3)
    own = T + M
    shared = own + 3 * B + 2
    lists = 7
    self.positions = positions
    self.keys = cache[0]
    self.values = cache[1]
    self.window = window
    self.num_decoding = num_decoding
    self.begins = layout[lists:lists + B]
    self.used = layout[lists + B:lists + 2 * B]
    self.counts = layout[lists + 2 * B:lists + 3 * B]
    self.prompts = layout[lists + 3 * B:]
    self.places = cache[2][:T]
    self.num_sharing = M
    self.sharing = cache[2][T:own]
    self.own = __torch__.attention.Runs(table[own:shared], layout[3], layout[4])
    self.shared = __torch__.attention.Runs(table[shared:], layout[5], layout[6])
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
