# Attention of a ragged step over blocks of the KV cache, and the writing of its new keys and values.
# Alphabet: T tokens of the step, H query heads, J key-value heads, G = H / J, D head dim, L layers,
# R rows of a block, P positions of a row.
# Decoding sequences go through two batched products: the fused kernel takes about twice as long for
# one query and many heads. Products of fewer than 400 multiplications (baddbmm of
# LinearAlgebra.cpp) have another kernel with other last bits, so the queries of very small heads are
# padded to that many with the fewest keys, 16.
# With fewer than four query rows the fused kernel's results depend on where the row lies in memory
# (libtorch 2.7.1 and 2.13 on two threads), so the queries of chunks are padded to four.


def padded(q: Tensor, rows: int) -> Tensor:
  # [.., .., N, D] -> [.., .., at least rows, D]
  missing = rows - torch.size(q, 2)
  if missing > 0:
    q = torch.constant_pad_nd(q, [0, 0, 0, missing])
  return q


class Batch:
  positions : Tensor  # [T]
  keys : List[Tensor]  # one block [L, R, J, P, D] for each group, then one for each chunk; or none, if no keys are to be kept
  values : List[Tensor]
  groups : List[int]  # sequences, key length; for each decoding group
  chunks : List[int]  # row, start, length; for each prefill chunk
  window : int  # of the layers that have one; 0 where none has
  group_rows : List[Tensor]  # [n], the rows 0 to n - 1
  group_masks : List[Tensor]  # [n, 1, 1, key length], 0 or -inf
  group_window_masks : List[Tensor]  # the same with the window; none without one
  chunk_masks : List[Tensor]  # [at least 4 and length, start + length]
  chunk_window_masks : List[Tensor]

  def __init__(self: __torch__.attention.Batch, positions: Tensor, cache: List[Tensor], layout: List[int], window: int) -> NoneType:
    # cache: the keys, then as many values; layout: the number of groups, the groups and the chunks
    blocks = torch.floordiv(torch.len(cache), 2)
    end = 1 + 2 * layout[0]
    groups = layout[1:end]
    chunks = layout[end:]
    self.positions = positions
    self.keys = cache[:blocks]
    self.values = cache[blocks:]
    self.groups = groups
    self.chunks = chunks
    self.window = window
    group_rows = annotate(List[Tensor], [])
    group_masks = annotate(List[Tensor], [])
    group_window_masks = annotate(List[Tensor], [])
    t = 0
    for g in range(torch.floordiv(torch.len(groups), 2)):
      n = groups[2 * g]
      length = groups[2 * g + 1]
      queries = positions[t:t + n]
      torch.append(group_rows, torch.arange(n, device=ops.prim.device(positions)))
      torch.append(group_masks, torch.view(__torch__.score.mask_of(queries, length, 0), [n, 1, 1, -1]))
      if window > 0:
        torch.append(group_window_masks, torch.view(__torch__.score.mask_of(queries, length, window), [n, 1, 1, -1]))
      t = t + n
    chunk_masks = annotate(List[Tensor], [])
    chunk_window_masks = annotate(List[Tensor], [])
    for c in range(torch.floordiv(torch.len(chunks), 3)):
      start = chunks[3 * c + 1]
      n = chunks[3 * c + 2]
      end = start + n
      queries = torch.arange(start, start + ops.prim.max(n, 4), device=ops.prim.device(positions))
      torch.append(chunk_masks, __torch__.score.mask_of(queries, end, 0))
      if window > 0:
        torch.append(chunk_window_masks, __torch__.score.mask_of(queries, end, window))
    self.group_rows = group_rows
    self.group_masks = group_masks
    self.group_window_masks = group_window_masks
    self.chunk_masks = chunk_masks
    self.chunk_window_masks = chunk_window_masks
    return None

  def attend(self: __torch__.attention.Batch, layer: int, q: Tensor, k: Tensor, v: Tensor, score: __torch__.score.Score) -> Tensor:
    # q [T, H, D], k and v [T, J, D] -> [T, H D]
    # Products of queries that do not begin at a multiple of 16 bytes have other last bits, so they
    # must not lie as they come, between the keys.
    q = torch.contiguous(q)
    H = torch.size(q, 1)
    J = torch.size(k, 1)
    D = torch.size(q, 2)
    G = torch.floordiv(H, J)
    group_masks = self.group_window_masks if score.windowed else self.group_masks
    chunk_masks = self.chunk_window_masks if score.windowed else self.chunk_masks
    outs = annotate(List[Tensor], [])
    t = 0
    num_groups = torch.floordiv(torch.len(self.groups), 2)
    for g in range(num_groups):
      n = self.groups[2 * g]
      length = self.groups[2 * g + 1]
      K = torch.select(self.keys[g], 0, layer)
      V = torch.select(self.values[g], 0, layer)
      where = annotate(List[Optional[Tensor]], [self.group_rows[g], None, self.positions[t:t + n]])
      K = torch.index_put_(K, where, k[t:t + n])
      V = torch.index_put_(V, where, v[t:t + n])
      # The queries of a group share keys: they go into the query-length axis, no key is repeated.
      Q = __torch__.attention.padded(torch.reshape(q[t:t + n], [n, J, G, D]), 1 + torch.floordiv(399, 16 * D))
      out = score.products(Q, K[:n, :, :length], V[:n, :, :length], group_masks[g])
      torch.append(outs, torch.reshape(out[:, :, :G], [n, H * D]))
      t = t + n
    for c in range(torch.floordiv(torch.len(self.chunks), 3)):
      row = self.chunks[3 * c]
      start = self.chunks[3 * c + 1]
      n = self.chunks[3 * c + 2]
      end = start + n
      K = torch.transpose(k[t:t + n], 0, 1)
      V = torch.transpose(v[t:t + n], 0, 1)
      if torch.len(self.keys) > 0:
        new_keys, new_values = K, V
        K = torch.select(torch.select(self.keys[num_groups + c], 0, layer), 0, row)
        V = torch.select(torch.select(self.values[num_groups + c], 0, layer), 0, row)
        torch.copy_(K[:, start:end], new_keys)
        torch.copy_(V[:, start:end], new_values)
      Q = __torch__.attention.padded(torch.permute(torch.reshape(q[t:t + n], [n, J, G, D]), [1, 2, 0, 3]), 4)
      KE = torch.expand(torch.unsqueeze(K[:, :end], 1), [J, G, end, D])
      VE = torch.expand(torch.unsqueeze(V[:, :end], 1), [J, G, end, D])
      # At position 0 the kernel's own causal mask saves half of the work.
      if start == 0 and score.cap == 0. and (not score.windowed or n <= self.window):
        out = torch.scaled_dot_product_attention(Q, KE, VE, None, 0., True, scale=score.scale)
      else:
        out = score.attend(Q, KE, VE, chunk_masks[c])
      torch.append(outs, torch.reshape(torch.permute(out[:, :, :n], [2, 0, 1, 3]), [n, H * D]))
      t = t + n
    return torch.cat(outs, 0)
