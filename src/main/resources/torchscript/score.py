# Scores of queries and keys: which are seen, and what becomes of them.
# Alphabet: N queries, D head dim.


def mask_of(queries: Tensor, length: int, window: int) -> Tensor:
  # positions of queries [N] -> [N, length], -inf at the keys that a query does not see, which are
  # those behind it and, with a window, those that lie window or more positions before it
  at = torch.arange(length, device=ops.prim.device(queries))
  queries = torch.unsqueeze(queries, 1)
  hidden = torch.gt(at, queries)
  if window > 0:
    hidden = torch.logical_or(hidden, torch.le(at, torch.sub(queries, window)))
  return torch.masked_fill(torch.zeros(torch.size(hidden), dtype=6, device=ops.prim.device(queries)), hidden, -inf)


class Score:
  windowed : bool  # whether only the batch's window of keys is seen
  scale : Optional[float]  # of the products; None for the root of 1 / D
  cap : float  # scores become cap tanh(score / cap); 0 is off

  def __init__(self: __torch__.score.Score, windowed: bool, scale: Optional[float], cap: float) -> NoneType:
    self.windowed = windowed
    self.scale = scale
    self.cap = cap
    return None

  def attend(self: __torch__.score.Score, Q: Tensor, K: Tensor, V: Tensor, mask: Tensor) -> Tensor:
    # Q [.., N, D], K and V [.., keys, D], mask [.., N, keys] -> [.., N, D]
    if self.cap == 0.:
      out = torch.scaled_dot_product_attention(Q, K, V, mask, 0., False, scale=self.scale)
    else:
      out = self.products(Q, K, V, mask)
    return out

  def products(self: __torch__.score.Score, Q: Tensor, K: Tensor, V: Tensor, mask: Tensor) -> Tensor:
    # The same, with all scores there at once. More keys than TILE go through products of TILE keys
    # each: how a library cuts a longer one depends on its length, and then the last bits would, too.
    # What a tile of hidden keys adds is zero, so decoding asks for multiples of TILE (KvLedger.java).
    TILE = 256
    keys = torch.size(K, -2)
    scale = self.scale
    if torch.__is__(scale, None):
      factor = torch.div(1., torch.sqrt(torch.size(Q, -1)))
    else:
      factor = unchecked_cast(float, scale)
    if keys <= TILE:
      scores = torch.matmul(Q, torch.transpose(K, -2, -1))
    else:
      parts = annotate(List[Tensor], [])
      for at in range(0, keys, TILE):
        torch.append(parts, torch.matmul(Q, torch.transpose(torch.slice(K, -2, at, at + TILE), -2, -1)))
      scores = torch.cat(parts, -1)
    scores = torch.mul(scores, factor)
    if self.cap != 0.:
      scores = torch.mul(torch.tanh(torch.div(scores, self.cap)), self.cap)
    shares = torch.softmax(torch.add(scores, mask), -1)
    out = torch.matmul(torch.slice(shares, -1, 0, TILE), torch.slice(V, -2, 0, TILE))
    for at in range(TILE, keys, TILE):
      out = torch.add(out, torch.matmul(torch.slice(shares, -1, at, at + TILE), torch.slice(V, -2, at, at + TILE)))
    return out
