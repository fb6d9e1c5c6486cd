# GPT-2 (Radford et al., 2019), after transformers' modeling_gpt2.py.
# Its linear layers are stored as [in, out] (Conv1D), the transpose of the others.
# Alphabet: T tokens, C width, H heads, D head dim, V vocabulary.


def conv1d(w: Dict[str, Tensor], name: str) -> __torch__.linear.Linear:
  weight = torch.t(__torch__.adapter.matrix(w, torch.add(name, ".weight")))
  linear = __torch__.linear.Linear(weight, __torch__.weights.take(w, torch.add(name, ".bias")))
  return __torch__.adapter.adapt(linear, w, [name], 0)


class Layer:
  activation : str
  H : int
  ln_1 : __torch__.norm.LayerNorm
  ln_2 : __torch__.norm.LayerNorm
  qkv : __torch__.linear.Linear
  dense : __torch__.linear.Linear
  up : __torch__.linear.Linear
  down : __torch__.linear.Linear

  def __init__(self: __torch__.gpt2.Layer, w: Dict[str, Tensor], H: int, eps: float, activation: str) -> NoneType:
    self.activation = activation
    self.H = H
    self.ln_1 = __torch__.norm.LayerNorm(__torch__.weights.take(w, "ln_1.weight"), __torch__.weights.take(w, "ln_1.bias"), eps)
    self.ln_2 = __torch__.norm.LayerNorm(__torch__.weights.take(w, "ln_2.weight"), __torch__.weights.take(w, "ln_2.bias"), eps)
    self.qkv = __torch__.gpt2.conv1d(w, "attn.c_attn")
    self.dense = __torch__.gpt2.conv1d(w, "attn.c_proj")
    self.up = __torch__.gpt2.conv1d(w, "mlp.c_fc")
    self.down = __torch__.gpt2.conv1d(w, "mlp.c_proj")
    return None

  def forward(self: __torch__.gpt2.Layer, x: Tensor, layer: int, batch: __torch__.attention.Batch) -> Tensor:
    # [T, C] -> [T, C]
    q, k, v = torch.unbind(torch.view(self.qkv.forward(self.ln_1.forward(x)), [torch.size(x, 0), 3, self.H, -1]), 1)
    x = torch.add(x, self.dense.forward(batch.attend(layer, q, k, v, __torch__.score.Score(False, None, 0.))))
    y = __torch__.activation.activate(self.activation, self.up.forward(self.ln_2.forward(x)))
    return torch.add(x, self.down.forward(y))


class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  H : int
  eps : float
  activation : str
  embedding : Tensor
  position_embedding : Tensor
  layers : List[__torch__.gpt2.Layer]
  ln_f : __torch__.norm.LayerNorm
  head : __torch__.linear.Linear

  def __getstate__(self: __torch__.gpt2.Model) -> int:
    return 0

  def __setstate__(self: __torch__.gpt2.Model, state: int) -> NoneType:
    empty = torch.zeros([1, 1], dtype=6)
    self.training = False
    self.H = 0
    self.eps = 0.
    self.activation = ""
    self.embedding = empty
    self.position_embedding = empty
    self.layers = annotate(List[__torch__.gpt2.Layer], [])
    self.ln_f = __torch__.norm.LayerNorm(empty, empty, 0.)
    self.head = __torch__.linear.Linear(empty, None)
    return None

  def configure(self: __torch__.gpt2.Model, device: str, heads: int, eps: float, activation: str) -> NoneType:
    self.H = heads
    self.eps = eps
    self.activation = activation
    return None

  def add_layer(self: __torch__.gpt2.Model, w: Dict[str, Tensor], layer: int) -> NoneType:
    torch.append(self.layers, __torch__.gpt2.Layer(w, self.H, self.eps, self.activation))
    return None

  def add_start(self: __torch__.gpt2.Model, w: Dict[str, Tensor]) -> NoneType:
    self.embedding = __torch__.weights.take(w, "embedding")
    self.position_embedding = __torch__.weights.take(w, "position_embedding")
    return None

  def add_end(self: __torch__.gpt2.Model, w: Dict[str, Tensor]) -> NoneType:
    self.ln_f = __torch__.norm.LayerNorm(__torch__.weights.take(w, "norm.weight"), __torch__.weights.take(w, "norm.bias"), self.eps)
    self.head = __torch__.linear.Linear(__torch__.weights.take(w, "head"), None)
    return None

  def embed(self: __torch__.gpt2.Model, ids: Tensor, positions: Tensor) -> Tensor:
    # [T] -> [T, C]
    return torch.add(torch.embedding(self.embedding, ids), torch.embedding(self.position_embedding, positions))

  def logits(self: __torch__.gpt2.Model, x: Tensor) -> Tensor:
    # [T, C] -> [T, V] in float32
    return torch.to(self.head.forward(self.ln_f.forward(x)), 6)

  def through(self: __torch__.gpt2.Model, x: Tensor, positions: Tensor, cache: List[Tensor], layout: List[int]) -> Tensor:
    # [T, C] -> [T, C], through the layers that lie here
    batch = __torch__.attention.Batch(positions, cache, layout, 0)
    layers = self.layers
    for i in range(torch.len(layers)):
      x = layers[i].forward(x, i, batch)
    return x

  def finish(self: __torch__.gpt2.Model, x: Tensor, rows: Tensor) -> Tensor:
    # x [T, C], rows [S] -> logits [S, V]
    return self.logits(torch.index_select(x, 0, rows))

  def forward(self: __torch__.gpt2.Model, ids: Tensor, positions: Tensor, cache: List[Tensor], layout: List[int], rows: Tensor) -> Tensor:
    # ids and positions [T], rows [S] -> logits [S, V]
    return self.finish(self.through(self.embed(ids, positions), positions, cache, layout), rows)

  def layer(self: __torch__.gpt2.Model, w: Dict[str, Tensor], layer: int, x: Tensor, batch: __torch__.attention.Batch) -> Tensor:
    # [T, C] -> [T, C], by a layer that is made for this call
    return __torch__.gpt2.Layer(w, self.H, self.eps, self.activation).forward(x, layer, batch)

  def gradients(self: __torch__.gpt2.Model, stored: Dict[str, Tensor], parameters: Dict[str, Tensor], settings: Dict[str, Tensor], batch: Dict[str, Tensor]) -> Dict[str, Tensor]:
    return __torch__.gradients.of(self, stored, parameters, settings, batch, 0)
