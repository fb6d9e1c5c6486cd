# GPT-NeoX (https://arxiv.org/abs/2204.06745), after transformers' modeling_gpt_neox.py.
# Alphabet: T tokens, C width, H heads, D head dim, V vocabulary.
class Layer:
  parallel : bool
  activation : str
  H : int
  ln_1 : __torch__.norm.LayerNorm
  ln_2 : __torch__.norm.LayerNorm
  qkv : __torch__.linear.Linear
  dense : __torch__.linear.Linear
  up : __torch__.linear.Linear
  down : __torch__.linear.Linear

  def __init__(self: __torch__.gpt_neox.Layer, w: Dict[str, Tensor], H: int, eps: float, activation: str, parallel: bool) -> NoneType:
    self.parallel = parallel
    self.activation = activation
    self.H = H
    self.ln_1 = __torch__.norm.LayerNorm(__torch__.weights.take(w, "input_layernorm.weight"), __torch__.weights.take(w, "input_layernorm.bias"), eps)
    self.ln_2 = __torch__.norm.LayerNorm(__torch__.weights.take(w, "post_attention_layernorm.weight"), __torch__.weights.take(w, "post_attention_layernorm.bias"), eps)
    self.qkv = __torch__.weights.linear(w, ["attention.query_key_value"], H)
    self.dense = __torch__.weights.linear(w, ["attention.dense"], 0)
    self.up = __torch__.weights.linear(w, ["mlp.dense_h_to_4h"], 0)
    self.down = __torch__.weights.linear(w, ["mlp.dense_4h_to_h"], 0)
    return None

  def attention(self: __torch__.gpt_neox.Layer, x: Tensor, layer: int, batch: __torch__.attention.Batch, rotary: __torch__.rotary.Rotary, table: Tuple[Tensor, Tensor]) -> Tensor:
    # [T, C] -> [T, C]
    H = self.H
    qk, v = torch.split_with_sizes(torch.view(self.qkv.forward(x), [torch.size(x, 0), 3 * H, -1]), [2 * H, H], 1)
    q, k = torch.split_with_sizes(rotary.rotate(qk, table), [H, H], 1)
    y = batch.attend(layer, q, k, v, __torch__.score.Score(False, None, 0.))
    return self.dense.forward(y)

  def mlp(self: __torch__.gpt_neox.Layer, x: Tensor) -> Tensor:
    # [T, C] -> [T, C]
    return self.down.forward(__torch__.activation.activate(self.activation, self.up.forward(x)))

  def forward(self: __torch__.gpt_neox.Layer, x: Tensor, layer: int, batch: __torch__.attention.Batch, rotary: __torch__.rotary.Rotary, table: Tuple[Tensor, Tensor]) -> Tensor:
    a = self.attention(self.ln_1.forward(x), layer, batch, rotary, table)
    if self.parallel:
      y = torch.add(torch.add(self.mlp(self.ln_2.forward(x)), a), x)
    else:
      a = torch.add(a, x)
      y = torch.add(self.mlp(self.ln_2.forward(a)), a)
    return y


class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  H : int
  eps : float
  activation : str
  parallel : bool
  rotary : __torch__.rotary.Rotary
  embedding : Tensor
  layers : List[__torch__.gpt_neox.Layer]
  ln_f : __torch__.norm.LayerNorm
  head : __torch__.linear.Linear

  def __getstate__(self: __torch__.gpt_neox.Model) -> int:
    return 0

  def __setstate__(self: __torch__.gpt_neox.Model, state: int) -> NoneType:
    empty = torch.zeros([1, 1], dtype=6)
    self.training = False
    self.H = 0
    self.eps = 0.
    self.activation = ""
    self.parallel = False
    self.rotary = __torch__.rotary.Rotary("cpu", 2, 1., "default", annotate(List[float], []), 1)
    self.embedding = empty
    self.layers = annotate(List[__torch__.gpt_neox.Layer], [])
    self.ln_f = __torch__.norm.LayerNorm(empty, empty, 0.)
    self.head = __torch__.linear.Linear(empty, None)
    return None

  def configure(self: __torch__.gpt_neox.Model, device: str, heads: int, eps: float, activation: str, parallel: bool, rotary_dim: int, theta: float, scaling: str, numbers: List[float], positions: int) -> NoneType:
    self.H = heads
    self.eps = eps
    self.activation = activation
    self.parallel = parallel
    self.rotary = __torch__.rotary.Rotary(device, rotary_dim, theta, scaling, numbers, positions)
    return None

  def add_layer(self: __torch__.gpt_neox.Model, w: Dict[str, Tensor], layer: int) -> NoneType:
    torch.append(self.layers, __torch__.gpt_neox.Layer(w, self.H, self.eps, self.activation, self.parallel))
    return None

  def add_start(self: __torch__.gpt_neox.Model, w: Dict[str, Tensor]) -> NoneType:
    self.embedding = __torch__.weights.take(w, "embedding")
    return None

  def add_end(self: __torch__.gpt_neox.Model, w: Dict[str, Tensor]) -> NoneType:
    self.ln_f = __torch__.norm.LayerNorm(__torch__.weights.take(w, "norm.weight"), __torch__.weights.take(w, "norm.bias"), self.eps)
    self.head = __torch__.linear.Linear(__torch__.weights.take(w, "head"), None)
    return None

  def embed(self: __torch__.gpt_neox.Model, ids: Tensor, positions: Tensor) -> Tensor:
    # [T] -> [T, C]
    return torch.embedding(self.embedding, ids)

  def logits(self: __torch__.gpt_neox.Model, x: Tensor) -> Tensor:
    # [T, C] -> [T, V] in float32
    return torch.to(self.head.forward(self.ln_f.forward(x)), 6)

  def through(self: __torch__.gpt_neox.Model, x: Tensor, positions: Tensor, cache: List[Tensor], layout: List[int]) -> Tensor:
    # [T, C] -> [T, C], through the layers that lie here
    batch = __torch__.attention.Batch(positions, cache, layout, 0)
    table = self.rotary.at(positions, x)
    layers = self.layers
    for i in range(torch.len(layers)):
      x = layers[i].forward(x, i, batch, self.rotary, table)
    return x

  def finish(self: __torch__.gpt_neox.Model, x: Tensor, rows: Tensor) -> Tensor:
    # x [T, C], rows [S] -> logits [S, V]
    return self.logits(torch.index_select(x, 0, rows))

  def forward(self: __torch__.gpt_neox.Model, ids: Tensor, positions: Tensor, cache: List[Tensor], layout: List[int], rows: Tensor) -> Tensor:
    # ids and positions [T], rows [S] -> logits [S, V]
    return self.finish(self.through(self.embed(ids, positions), positions, cache, layout), rows)

  def layer(self: __torch__.gpt_neox.Model, w: Dict[str, Tensor], layer: int, x: Tensor, batch: __torch__.attention.Batch) -> Tensor:
    # [T, C] -> [T, C], by a layer that is made for this call
    return __torch__.gpt_neox.Layer(w, self.H, self.eps, self.activation, self.parallel).forward(x, layer, batch, self.rotary, self.rotary.at(batch.positions, x))

  def gradients(self: __torch__.gpt_neox.Model, stored: Dict[str, Tensor], parameters: Dict[str, Tensor], settings: Dict[str, Tensor], batch: Dict[str, Tensor]) -> Dict[str, Tensor]:
    return __torch__.gradients.of(self, stored, parameters, settings, batch, 0)
