# Draws the next token of each sequence, in the order of transformers' logits processors and warpers
# (generation/logits_process.py): repetition penalty, bans, temperature, top-k, top-p, min-p.
# Alphabet: U logits rows, S samples, N samples that are drawn (the others take the largest logit),
# V vocabulary, W candidates that are looked at.
# A row's arithmetic depends on the row alone: sums run one by one in order of the rank (cumsum in
# float64), so it does not matter how many candidates the neighbours ask for.


def candidates(x: Tensor, top_k: Tensor, width: int) -> Tuple[Tensor, Tensor]:
  # x [N, V] -> values and ids [N, W] by falling value, equal values by rising id, with at least the
  # top_k largest of each row and all that equal the smallest of them
  V = torch.size(x, 1)
  exact = True
  values = x
  ids = torch.zeros([0, 0], dtype=4)
  if width < V:
    values, found = torch.topk(x, width + 1, 1, True, True)
    smallest = torch.gather(values, 1, torch.unsqueeze(torch.sub(top_k, 1), 1))
    # Where equal values run over the end, the order that topk chose among them is not ours.
    exact = torch.Bool(torch.any(torch.ge(values[:, width:], smallest)))
    ids, order = torch.sort(found, 1)
    values = torch.gather(values, 1, order)
  values, order = torch.sort(x if exact else values, stable=True, dim=1, descending=True)
  return (values, order if exact else torch.gather(ids, 1, order))


def draw(x: Tensor, top_k: Tensor, width: int, top_p: Tensor, min_p: Tensor, uniform: Tensor) -> Tensor:
  # x [N, V], the others [N]; top_k 0 is off and then width is V -> ids [N]
  values, ids = __torch__.sampler.candidates(x, top_k, width)
  first = torch.gather(values, 1, torch.unsqueeze(torch.clamp(torch.sub(top_k, 1), 0), 1))
  dropped = torch.logical_and(torch.lt(values, first), torch.unsqueeze(torch.gt(top_k, 0), 1))
  p = torch.exp(torch.to(torch.sub(values, values[:, :1]), 7))
  p = torch.masked_fill(p, dropped, 0.)
  # top-p removes the smallest ones while their sum is at most 1 - p, but never the largest.
  rising = torch.cumsum(torch.flip(p, [1]), 1)
  small = torch.le(rising, torch.mul(torch.sub(1., torch.unsqueeze(top_p, 1)), rising[:, -1:]))
  small = torch.flip(small, [1])
  small = torch.logical_and(small, torch.gt(torch.arange(torch.size(p, 1)), 0))
  p = torch.masked_fill(p, small, 0.)
  p = torch.masked_fill(p, torch.lt(p, torch.unsqueeze(min_p, 1)), 0.)
  mass = torch.cumsum(p, 1)
  below = torch.le(mass, torch.mul(torch.unsqueeze(uniform, 1), mass[:, -1:]))
  rank = torch.clamp(torch.sum(below, [1], True), 0, torch.size(p, 1) - 1)
  return torch.squeeze(torch.gather(ids, 1, rank), 1)


def process(x: Tensor, seen: Tensor, penalty: Tensor, banned: Tensor) -> Tensor:
  # x [S, V] is changed; seen [2, P] sample and token, penalty [P]; banned [2, B] sample and token
  if torch.size(seen, 1) > 0:
    at = annotate(List[Optional[Tensor]], [seen[0], seen[1]])
    s = torch.index(x, at)
    s = torch.where(torch.lt(s, 0), torch.mul(s, penalty), torch.div(s, penalty))
    x = torch.index_put_(x, at, s)
  if torch.size(banned, 1) > 0:
    at = annotate(List[Optional[Tensor]], [banned[0], banned[1]])
    x = torch.index_put_(x, at, torch.full([1], -inf, dtype=6))
  return x


class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def __getstate__(self: __torch__.sampler.Model) -> int:
    return 0

  def __setstate__(self: __torch__.sampler.Model, state: int) -> NoneType:
    self.training = False
    return None

  def sample(self: __torch__.sampler.Model, logits: Tensor, source: Tensor, seen: Tensor, penalty: Tensor, banned: Tensor, drawn: Tensor, top_k: Tensor, width: int, numbers: Tensor) -> Tensor:
    # logits [U, V]; source [S] row of logits; seen [2, P] sample and token, penalty [P];
    # banned [2, B] sample and token; drawn [N] samples that are drawn; top_k [N];
    # numbers [4, N] float64: temperature, top_p, min_p, uniform
    # -> [2, S] float64: token id, and its log-probability before all processing (NaN where the logits are no numbers)
    x = __torch__.sampler.process(torch.index_select(logits, 0, source), seen, penalty, banned)
    token = torch.argmax(x, 1)
    if torch.size(drawn, 0) > 0:
      warmed = torch.div(torch.index_select(x, 0, drawn), torch.unsqueeze(torch.to(numbers[0], 6), 1))
      token = torch.index_copy(token, 0, drawn, __torch__.sampler.draw(warmed, top_k, width, numbers[1], numbers[2], numbers[3]))
    logprobs = torch.index(torch.log_softmax(logits, 1), annotate(List[Optional[Tensor]], [source, token]))
    return torch.stack([torch.to(token, 7), torch.to(logprobs, 7)])

  def search(self: __torch__.sampler.Model, logits: Tensor, source: Tensor, seen: Tensor, penalty: Tensor, banned: Tensor, scores: Tensor, top_k: Tensor, width: int) -> Tensor:
    # The best continuations of beams. As in transformers, penalties and bans act on log-probabilities here.
    # scores and top_k [S], width the largest top_k or V if that is less; the others as above
    # -> [3, S, width] float64: token id, score, log-probability before all processing
    before = torch.log_softmax(torch.index_select(logits, 0, source), 1)
    x = __torch__.sampler.process(torch.clone(before), seen, penalty, banned)
    values, ids = __torch__.sampler.candidates(torch.add(x, torch.unsqueeze(scores, 1)), top_k, width)
    ids = ids[:, :width]
    logprobs = torch.gather(before, 1, ids)
    return torch.stack([torch.to(ids, 7), torch.to(values[:, :width], 7), torch.to(logprobs, 7)])
