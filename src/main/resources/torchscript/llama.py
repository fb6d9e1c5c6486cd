# Llama (https://arxiv.org/abs/2302.13971) and those that differ from it in details: Mistral has a
# window (https://arxiv.org/abs/2310.06825), Qwen2 biases (https://arxiv.org/abs/2407.10671), Qwen3
# norms of each head's queries and keys (https://arxiv.org/abs/2505.09388), Phi-3 stores joined
# matrices (https://arxiv.org/abs/2404.14219). After transformers' modeling files of these names.
# Alphabet: T tokens, C width, H query heads, J key-value heads, D head dim, I inner width, V vocabulary.
class Layer:
  activation : str
  H : int
  J : int
  score : __torch__.score.Score
  norm_1 : __torch__.norm.RMSNorm
  norm_2 : __torch__.norm.RMSNorm
  qk_norms : List[__torch__.norm.RMSNorm]  # of queries and of keys; none without
  qkv : __torch__.linear.Linear
  dense : __torch__.linear.Linear
  gate_up : __torch__.linear.Linear
  down : __torch__.linear.Linear

  def __init__(self: __torch__.llama.Layer, w: Dict[str, Tensor], H: int, J: int, eps: float, activation: str, window: int) -> NoneType:
    self.activation = activation
    self.H = H
    self.J = J
    self.score = __torch__.score.Score(window > 0, None, 0.)
    self.norm_1 = __torch__.norm.RMSNorm(__torch__.weights.take(w, "input_layernorm.weight"), eps)
    self.norm_2 = __torch__.norm.RMSNorm(__torch__.weights.take(w, "post_attention_layernorm.weight"), eps)
    qk_norms = annotate(List[__torch__.norm.RMSNorm], [])
    if __torch__.weights.has(w, "self_attn.q_norm.weight"):
      torch.append(qk_norms, __torch__.norm.RMSNorm(__torch__.weights.take(w, "self_attn.q_norm.weight"), eps))
      torch.append(qk_norms, __torch__.norm.RMSNorm(__torch__.weights.take(w, "self_attn.k_norm.weight"), eps))
    self.qk_norms = qk_norms
    qkv = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"]
    gate_up = ["mlp.gate_proj", "mlp.up_proj"]
    if __torch__.weights.has(w, "self_attn.qkv_proj.weight"):
      qkv = ["self_attn.qkv_proj"]
      gate_up = ["mlp.gate_up_proj"]
    self.qkv = __torch__.weights.linear(w, qkv, 0)
    self.dense = __torch__.weights.linear(w, ["self_attn.o_proj"], 0)
    self.gate_up = __torch__.weights.linear(w, gate_up, 0)
    self.down = __torch__.weights.linear(w, ["mlp.down_proj"], 0)
    return None

  def forward(self: __torch__.llama.Layer, x: Tensor, layer: int, batch: __torch__.attention.Batch, rotary: __torch__.rotary.Rotary, table: Tuple[Tensor, Tensor]) -> Tensor:
    # [T, C] -> [T, C]
    H = self.H
    J = self.J
    qkv = torch.view(self.qkv.forward(self.norm_1.forward(x)), [torch.size(x, 0), H + 2 * J, -1])
    qk, v = torch.split_with_sizes(qkv, [H + J, J], 1)
    if torch.len(self.qk_norms) == 2:
      q, k = torch.split_with_sizes(qk, [H, J], 1)
      qk = torch.cat([self.qk_norms[0].forward(q), self.qk_norms[1].forward(k)], 1)
    q, k = torch.split_with_sizes(rotary.rotate(qk, table), [H, J], 1)
    y = batch.attend(layer, q, k, v, self.score)
    x = torch.add(x, self.dense.forward(y))
    gate, up = torch.chunk(self.gate_up.forward(self.norm_2.forward(x)), 2, 1)
    y = torch.mul(__torch__.activation.activate(self.activation, gate), up)
    return torch.add(x, self.down.forward(y))


class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  H : int
  J : int
  eps : float
  activation : str
  windows : List[int]
  window : int
  rotary : __torch__.rotary.Rotary
  embedding : Tensor
  layers : List[__torch__.llama.Layer]
  norm : __torch__.norm.RMSNorm
  head : __torch__.linear.Linear

  def __getstate__(self: __torch__.llama.Model) -> int:
    return 0

  def __setstate__(self: __torch__.llama.Model, state: int) -> NoneType:
    empty = torch.zeros([1, 1], dtype=6)
    self.training = False
    self.H = 0
    self.J = 0
    self.eps = 0.
    self.activation = ""
    self.windows = annotate(List[int], [])
    self.window = 0
    self.rotary = __torch__.rotary.Rotary("cpu", 2, 1., "default", annotate(List[float], []), 1)
    self.embedding = empty
    self.layers = annotate(List[__torch__.llama.Layer], [])
    self.norm = __torch__.norm.RMSNorm(empty, 0.)
    self.head = __torch__.linear.Linear(empty, None)
    return None

  def configure(self: __torch__.llama.Model, device: str, heads: int, kv_heads: int, eps: float, activation: str, windows: List[int], rotary_dim: int, theta: float, scaling: str, numbers: List[float], positions: int) -> NoneType:
    # windows: for each layer, 0 where it sees all keys; those that are not 0 are equal
    self.H = heads
    self.J = kv_heads
    self.eps = eps
    self.activation = activation
    self.windows = windows
    self.window = ops.prim.max(windows)
    self.rotary = __torch__.rotary.Rotary(device, rotary_dim, theta, scaling, numbers, positions)
    return None

  def add_layer(self: __torch__.llama.Model, w: Dict[str, Tensor], layer: int) -> NoneType:
    torch.append(self.layers, __torch__.llama.Layer(w, self.H, self.J, self.eps, self.activation, self.windows[layer]))
    return None

  def add_start(self: __torch__.llama.Model, w: Dict[str, Tensor]) -> NoneType:
    self.embedding = __torch__.weights.take(w, "embedding")
    return None

  def add_end(self: __torch__.llama.Model, w: Dict[str, Tensor]) -> NoneType:
    self.norm = __torch__.norm.RMSNorm(__torch__.weights.take(w, "norm.weight"), self.eps)
    self.head = __torch__.linear.Linear(__torch__.weights.take(w, "head"), None)
    return None

  def embed(self: __torch__.llama.Model, ids: Tensor, positions: Tensor) -> Tensor:
    # [T] -> [T, C]
    return torch.embedding(self.embedding, ids)

  def logits(self: __torch__.llama.Model, x: Tensor) -> Tensor:
    # [T, C] -> [T, V] in float32
    return torch.to(self.head.forward(self.norm.forward(x)), 6)

  def through(self: __torch__.llama.Model, x: Tensor, positions: Tensor, cache: List[Tensor], layout: List[int]) -> Tensor:
    # [T, C] -> [T, C], through the layers that lie here
    batch = __torch__.attention.Batch(positions, cache, layout, self.window)
    table = self.rotary.at(positions, x)
    layers = self.layers
    for i in range(torch.len(layers)):
      x = layers[i].forward(x, i, batch, self.rotary, table)
    return x

  def finish(self: __torch__.llama.Model, x: Tensor, rows: Tensor) -> Tensor:
    # x [T, C], rows [S] -> logits [S, V]
    return self.logits(torch.index_select(x, 0, rows))

  def forward(self: __torch__.llama.Model, ids: Tensor, positions: Tensor, cache: List[Tensor], layout: List[int], rows: Tensor) -> Tensor:
    # ids and positions [T], rows [S] -> logits [S, V]
    return self.finish(self.through(self.embed(ids, positions), positions, cache, layout), rows)

  def layer(self: __torch__.llama.Model, w: Dict[str, Tensor], layer: int, x: Tensor, batch: __torch__.attention.Batch) -> Tensor:
    # [T, C] -> [T, C], by a layer that is made for this call
    return __torch__.llama.Layer(w, self.H, self.J, self.eps, self.activation, self.windows[layer]).forward(x, layer, batch, self.rotary, self.rotary.at(batch.positions, x))

  def gradients(self: __torch__.llama.Model, stored: Dict[str, Tensor], parameters: Dict[str, Tensor], settings: Dict[str, Tensor], batch: Dict[str, Tensor]) -> Dict[str, Tensor]:
    return __torch__.gradients.of(self, stored, parameters, settings, batch, self.window)
