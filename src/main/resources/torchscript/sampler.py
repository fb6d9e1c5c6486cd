# Draws the next token of each sequence, in the order of transformers' logits processors and warpers
# (generation/logits_process.py): repetition penalty, vLLM's presence and frequency penalties, forced
# tokens, bans, temperature, top-k, top-p, min-p, typical-p, epsilon cutoff, eta cutoff.
# Alphabet: U logits rows, S samples, N samples that are drawn (the others take the largest logit),
# V vocabulary, W candidates that are looked at.
# A row's arithmetic depends on the row alone: sums run one by one in order of the rank (cumsum in
# float64), so it does not matter how many candidates the neighbours ask for.


def where_of(pairs: Tensor) -> List[Optional[Tensor]]:
  # [2 P], rows and then tokens, as an index
  rows, tokens = torch.chunk(pairs, 2, 0)
  return annotate(List[Optional[Tensor]], [rows, tokens])


def edit(x: Tensor, edits: List[Tensor]) -> Tensor:
  # x [S, V], changed in place; edits are seen [2 P] and its penalty [P], lowered [2 L] and its
  # lowering [L], forced [2 F] and banned [2 B], of which the doubled ones hold rows and then tokens
  seen, penalty, lowered, lowering, forced, banned = edits
  if torch.size(seen, 0) > 0:
    at = __torch__.sampler.where_of(seen)
    penalty = torch.to(penalty, 6)
    s = torch.index(x, at)
    x = torch.index_put_(x, at, torch.where(torch.lt(s, 0), torch.mul(s, penalty), torch.div(s, penalty)))
  if torch.size(lowered, 0) > 0:
    at = __torch__.sampler.where_of(lowered)
    x = torch.index_put_(x, at, torch.sub(torch.index(x, at), torch.to(lowering, 6)))
  if torch.size(forced, 0) > 0:
    rows, _0 = torch.chunk(forced, 2, 0)
    x = torch.index_fill_(x, 0, rows, -inf)
    x = torch.index_put_(x, __torch__.sampler.where_of(forced), torch.full([1], 0., dtype=6, device=ops.prim.device(x)))
  if torch.size(banned, 0) > 0:
    x = torch.index_put_(x, __torch__.sampler.where_of(banned), torch.full([1], -inf, dtype=6, device=ops.prim.device(x)))
  return x


def ranked(x: Tensor, width: int) -> Tuple[Tensor, Tensor]:
  # x [N, V] -> values and ids [N, W] of the W = min(width, V) largest of each row, by falling value and equal ones by rising id.
  # Where equal values run over the end, which of them are here is not said.
  if width < torch.size(x, 1):
    values, found = torch.topk(x, width, 1, True, True)
    ids, by_id = torch.sort(found, 1)
    values, order = torch.sort(torch.gather(values, 1, by_id), stable=True, dim=1, descending=True)
    ids = torch.gather(ids, 1, order)
  else:
    values, ids = torch.sort(x, stable=True, dim=1, descending=True)
  return (values, ids)


def candidates(x: Tensor, top_k: Tensor, width: int) -> Tuple[Tensor, Tensor]:
  # x [N, V] -> values and ids by falling value, equal values by rising id, with at least the
  # top_k largest of each row and all that equal the smallest of them; width is the largest top_k
  V = torch.size(x, 1)
  values, ids = __torch__.sampler.ranked(x, width + 1)
  smallest = torch.gather(values, 1, torch.unsqueeze(torch.sub(top_k, 1), 1))
  if width + 1 < V and torch.Bool(torch.any(torch.ge(values[:, -1:], smallest))):
    values, ids = __torch__.sampler.ranked(x, V)
  return (values, ids)


def total(p: Tensor) -> Tensor:
  # p [N, W] -> its sums [N, 1], added in order of the rank
  return torch.cumsum(p, 1)[:, -1:]


def centre(p: Tensor, x: Tensor) -> Tensor:
  # p [N, W] weights, x [N, W] logits less the largest -> mean of x [N, 1]: the log of the weights' sum less the entropy
  return torch.div(__torch__.sampler.total(torch.masked_fill(torch.mul(p, x), torch.eq(p, 0.), 0.)), __torch__.sampler.total(p))


def typical(p: Tensor, x: Tensor, typical_p: Tensor) -> Tensor:
  # |-log q - entropy| is |centre - x|: q's normaliser is in both. Keeps the smallest ones up to the mass typical_p, ties included.
  away = torch.masked_fill(torch.abs(torch.sub(x, __torch__.sampler.centre(p, x))), torch.eq(p, 0.), inf)
  sorted, order = torch.sort(away, stable=True, dim=1, descending=False)
  mass = torch.cumsum(torch.gather(p, 1, order), 1)
  last = torch.sum(torch.lt(mass, torch.mul(torch.unsqueeze(typical_p, 1), mass[:, -1:])), [1], True)
  last = torch.clamp(last, 0, torch.size(p, 1) - 1)
  far = torch.gt(away, torch.gather(sorted, 1, last))
  return torch.masked_fill(p, torch.logical_and(far, torch.lt(torch.unsqueeze(typical_p, 1), 1.)), 0.)


def cutoff(p: Tensor, least: Tensor) -> Tensor:
  # Drops what is below a probability, least [N, 1], but nothing that equals the largest.
  small = torch.lt(p, torch.mul(least, __torch__.sampler.total(p)))
  return torch.masked_fill(p, torch.logical_and(small, torch.lt(p, torch.amax(p, [1], True))), 0.)


def by_information(p: Tensor, x: Tensor, typical_p: Tensor, epsilon: Tensor, eta: Tensor) -> Tensor:
  # p [N, W], x [N, W] logits less the largest, the others [N]; typical_p 1, epsilon 0 and eta 0 are off -> p with zeros [N, W]
  p = __torch__.sampler.typical(p, x, typical_p)
  p = __torch__.sampler.cutoff(p, torch.unsqueeze(epsilon, 1))
  # exp(-entropy) is exp(centre) over the sum.
  spread = torch.div(torch.exp(__torch__.sampler.centre(p, x)), __torch__.sampler.total(p))
  eta = torch.unsqueeze(eta, 1)
  return __torch__.sampler.cutoff(p, torch.minimum(eta, torch.mul(torch.sqrt(eta), spread)))


def settled(x: Tensor, top_k: Tensor, whole: Tensor, width: int, numbers: Tensor, information: bool) -> Tuple[Tensor, Tensor]:
  # Draws from the largest logits, and says in which rows the others cannot matter.
  # x [N, V]; top_k [N], 0 is off; whole [N, 1] the sum of exp(x - the row's largest), used where top_k is 0
  # -> ids [N], whether they hold [N]
  top_p = torch.unsqueeze(numbers[1], 1)
  uniform = torch.unsqueeze(numbers[3], 1)
  values, ids = __torch__.sampler.ranked(x, width)
  W = torch.size(values, 1)
  ranks = torch.arange(W, device=ops.prim.device(x))
  limited = torch.unsqueeze(torch.gt(top_k, 0), 1)
  first = torch.gather(values, 1, torch.unsqueeze(torch.clamp(torch.sub(top_k, 1), 0, W - 1), 1))
  below_first = torch.to(torch.sub(values, values[:, :1]), 7)
  p = torch.masked_fill(torch.exp(below_first), torch.logical_and(torch.lt(values, first), limited), 0.)
  # top-p keeps what comes before its share is reached, and the largest.
  mass = torch.cumsum(p, 1)
  whole = torch.where(limited, mass[:, -1:], whole)
  reached = torch.ge(torch.sub(mass, p), torch.mul(top_p, whole))
  reached = torch.logical_and(torch.logical_and(reached, torch.lt(top_p, 1.)), torch.gt(ranks, 0))
  p = torch.masked_fill(p, reached, 0.)
  p = torch.masked_fill(p, torch.lt(p, torch.unsqueeze(numbers[2], 1)), 0.)
  last = torch.amax(torch.mul(ranks, torch.gt(p, 0.)), [1], True)
  if information:
    p = __torch__.sampler.by_information(p, below_first, numbers[4], numbers[5], numbers[6])
  mass = torch.cumsum(p, 1)
  # Where nothing is cut off, the draw needs no more than the logits down to the one that is drawn.
  cuts = torch.stack([torch.lt(numbers[1], 1.), torch.gt(numbers[2], 0.), torch.lt(numbers[4], 1.), torch.gt(numbers[5], 0.), torch.gt(numbers[6], 0.), torch.gt(top_k, 0)])
  uncut = torch.unsqueeze(torch.logical_not(torch.any(cuts, 0)), 1)
  rank = torch.sum(torch.le(mass, torch.mul(uniform, torch.where(uncut, whole, mass[:, -1:]))), [1], True)
  rank = torch.minimum(rank, torch.amax(torch.mul(ranks, torch.gt(p, 0.)), [1], True))
  needed = torch.gather(values, 1, torch.where(uncut, rank, last))
  needed = torch.where(limited, torch.minimum(needed, first), needed)
  holds = torch.gt(needed, values[:, -1:])
  return (torch.squeeze(torch.gather(ids, 1, rank), 1), torch.squeeze(holds, 1))


def draw(x: Tensor, top_k: Tensor, unlimited: bool, width: int, numbers: Tensor, information: bool) -> Tuple[Tensor, Tensor]:
  # x [N, V]; top_k [N], 0 is off; the others as in sample -> ids [N], whether they hold [N]
  whole = torch.zeros([torch.size(x, 0), 1], dtype=7, device=ops.prim.device(x))
  if unlimited:
    whole = __torch__.sampler.total(torch.exp(torch.to(torch.sub(x, torch.amax(x, [1], True)), 7)))
  ids, holds = __torch__.sampler.settled(x, top_k, whole, width + 1, numbers, information)
  if width + 1 >= torch.size(x, 1):
    holds = torch.ones_like(holds)
  return (ids, holds)


class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def __getstate__(self: __torch__.sampler.Model) -> int:
    return 0

  def __setstate__(self: __torch__.sampler.Model, state: int) -> NoneType:
    self.training = False
    return None

  def sample(self: __torch__.sampler.Model, logits: Tensor, source: Tensor, edits: List[Tensor], drawn: Tensor, top_k: Tensor, unlimited: bool, width: int, numbers: Tensor, information: bool) -> Tensor:
    # logits [U, V]; source [S] row of logits; the edits as in edit;
    # drawn [N] samples that are drawn; top_k [N], 0 is off, unlimited: whether any is; width: how many of the largest logits
    # are looked at, at least the largest top_k, because to sort a vocabulary costs more than all else here;
    # numbers [7 N] float64, of one kind after the other: temperature, top_p, min_p, uniform, typical_p, epsilon_cutoff, eta_cutoff; information: whether one of the last three is on in any row
    # -> [3, S] float64: token id, its log-probability before all processing (NaN where the logits are no numbers), and
    # whether width was enough (else 0)
    S = torch.size(source, 0)
    if S < torch.size(logits, 0):
      logits = torch.index_select(logits, 0, source)
      source = torch.arange(S, device=ops.prim.device(source))
    x = __torch__.sampler.edit(torch.index_select(logits, 0, source), edits)
    token = torch.argmax(x, 1)
    settled = torch.ones([S], dtype=7, device=ops.prim.device(x))
    if torch.size(drawn, 0) > 0:
      numbers = torch.view(numbers, [7, -1])
      warmed = torch.div(torch.index_select(x, 0, drawn), torch.unsqueeze(torch.to(numbers[0], 6), 1))
      ids, holds = __torch__.sampler.draw(warmed, top_k, unlimited, width, numbers, information)
      token = torch.index_copy(token, 0, drawn, ids)
      settled = torch.index_copy(settled, 0, drawn, torch.to(holds, 7))
    logprobs = torch.index(torch.log_softmax(logits, 1), annotate(List[Optional[Tensor]], [source, token]))
    return torch.stack([torch.to(token, 7), torch.to(logprobs, 7), settled])

  def search(self: __torch__.sampler.Model, logits: Tensor, source: Tensor, edits: List[Tensor], scores: Tensor, top_k: Tensor, width: int) -> Tensor:
    # The best continuations of beams. As in transformers, the edits act on log-probabilities here.
    # scores [S] float64, top_k [S], width the largest top_k or V if that is less; the others as above
    # -> [3, S, width] float64: token id, score, log-probability before all processing
    before = torch.log_softmax(torch.index_select(logits, 0, source), 1)
    x = __torch__.sampler.edit(torch.clone(before), edits)
    values, ids = __torch__.sampler.candidates(torch.add(x, torch.unsqueeze(torch.to(scores, 6), 1)), top_k, width)
    ids = ids[:, :width]
    logprobs = torch.gather(before, 1, ids)
    return torch.stack([torch.to(ids, 7), torch.to(values[:, :width], 7), torch.to(logprobs, 7)])

  def top(self: __torch__.sampler.Model, logits: Tensor, source: Tensor, top_k: Tensor, width: int) -> Tensor:
    # The most probable tokens before all processing. source and top_k [S], width the largest top_k
    # -> [2, S, width] float64: token id, log-probability; the first top_k of each row count
    x = torch.log_softmax(torch.index_select(logits, 0, source), 1)
    values, ids = __torch__.sampler.candidates(x, top_k, width)
    return torch.stack([torch.to(ids[:, :width], 7), torch.to(values[:, :width], 7)])
