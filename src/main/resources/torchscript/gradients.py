# Loss and gradients of a batch of rows, for whatever architecture. To save memory only the inputs of
# the layers are kept on the way up, and on the way down each layer is computed again, so that what
# autograd stores is one layer's (https://arxiv.org/abs/1604.06174). A layer is made of its stored
# weights each time, so that what they are converted and joined to is there for one layer, too.
# Alphabet: R rows, T their tokens one row after the other, C width, V vocabulary, L layers.


class Net(Interface):
  def add_start(self: __torch__.gradients.Net, w: Dict[str, Tensor]) -> NoneType:
    pass

  def add_end(self: __torch__.gradients.Net, w: Dict[str, Tensor]) -> NoneType:
    pass

  def embed(self: __torch__.gradients.Net, ids: Tensor, positions: Tensor) -> Tensor:
    pass

  def layer(self: __torch__.gradients.Net, w: Dict[str, Tensor], layer: int, x: Tensor, batch: __torch__.attention.Batch) -> Tensor:
    pass

  def logits(self: __torch__.gradients.Net, x: Tensor) -> Tensor:
    pass


def add(layers: List[Dict[str, Tensor]], tensors: Dict[str, Tensor]) -> NoneType:
  # tensors by layer/name; those of the ends, start/name and ends/name, go into the last
  names = torch.keys(tensors)
  for i in range(torch.len(names)):
    parts = torch.split(names[i], "/")
    layer = torch.Int(parts[0]) if torch.isdigit(parts[0]) else torch.len(layers) - 1
    torch._set_item(layers[layer], parts[1], tensors[names[i]])
  return None


def count(stored: Dict[str, Tensor]) -> int:
  # How many layers weights by layer/name belong to.
  L = 0
  names = torch.keys(stored)
  for i in range(torch.len(names)):
    parts = torch.split(names[i], "/")
    if torch.isdigit(parts[0]):
      L = ops.prim.max(L, torch.Int(parts[0]) + 1)
  return L


def cut(p: Dict[str, Tensor], tensors: Dict[str, Tensor], prefix: str) -> Dict[str, Tensor]:
  # Takes those that the tensors have under the prefix out of p.
  found = annotate(Dict[str, Tensor], {})
  names = torch.keys(tensors)
  for i in range(torch.len(names)):
    if torch.startswith(names[i], prefix):
      name = torch.split(names[i], "/")[1]
      torch._set_item(found, name, p[name])
      torch.Delete(p, name)
  return found


def empty(layers: int) -> List[Dict[str, Tensor]]:
  found = annotate(List[Dict[str, Tensor]], [])
  for i in range(layers + 1):
    torch.append(found, annotate(Dict[str, Tensor], {}))
  return found


def batch_of(lengths: List[int], window: int) -> __torch__.attention.Batch:
  positions = annotate(List[Tensor], [])
  layout = [0]
  for r in range(torch.len(lengths)):
    torch.append(positions, torch.arange(lengths[r]))
    torch.extend(layout, [0, 0, lengths[r]])
  return __torch__.attention.Batch(torch.cat(positions, 0), annotate(List[Tensor], []), layout, window)


def back(y: Tensor, grad: Optional[Tensor], x: Tensor, parameters: Dict[str, Tensor], into: Dict[str, Tensor], prefix: str) -> Tensor:
  # From the gradient of y to that of x, which is returned, and of the parameters.
  inputs = [x]
  names = torch.keys(parameters)
  for i in range(torch.len(names)):
    torch.append(inputs, parameters[names[i]])
  found = torch.grad([y], inputs, annotate(List[Optional[Tensor]], [grad]))
  for i in range(torch.len(names)):
    torch._set_item(into, torch.add(prefix, names[i]), unchecked_cast(Tensor, found[i + 1]))
  return unchecked_cast(Tensor, found[0])


def of(net: __torch__.gradients.Net, stored: Dict[str, Tensor], parameters: Dict[str, Tensor], settings: Dict[str, Tensor], batch: Dict[str, Tensor], window: int) -> Dict[str, Tensor]:
  # stored: the weights; parameters: what is trained, in the place of weights or as a brick's changes;
  # settings: of changes. All by layer/name. batch: ids [T], targets [T] (-1: none), rows [T], lengths [R],
  # dropout [T] (random numbers of the tokens; [0] for none) and scale [1], by which the sum of the losses is
  # multiplied; 0 for no gradients. recompute [1]: 0 to keep what autograd stores of all layers.
  # bfloat16 [1]: 1 to multiply with the layers' matrices in it.
  # -> gradients by the parameters' names, and the rows' sums of losses [R] under "losses"
  torch.set_grad_enabled(False)
  L = __torch__.gradients.count(stored)
  lengths = annotate(List[int], [])
  for r in range(torch.size(batch["lengths"], 0)):
    torch.append(lengths, torch.Int(batch["lengths"][r]))
  ragged = __torch__.gradients.batch_of(lengths, window)
  leaves = annotate(Dict[str, Tensor], {})
  names = torch.keys(parameters)
  for i in range(torch.len(names)):
    torch._set_item(leaves, names[i], torch.requires_grad_(torch.detach(parameters[names[i]]), True))
  w = __torch__.gradients.empty(L)
  p = __torch__.gradients.empty(L)
  for i in range(L):
    torch._set_item(w[i], "dropout", batch["dropout"])
    if torch.Int(batch["bfloat16"][0]) == 1:
      torch._set_item(w[i], "bfloat16", batch["bfloat16"])
  __torch__.gradients.add(w, stored)
  __torch__.gradients.add(w, settings)
  __torch__.gradients.add(w, leaves)
  __torch__.gradients.add(p, leaves)
  start = __torch__.gradients.cut(p[L], leaves, "start/")

  net.add_start(w[L])
  net.add_end(w[L])
  x = net.embed(batch["ids"], ragged.positions)
  scale = torch.Float(batch["scale"][0])
  recompute = torch.Int(batch["recompute"][0]) == 1
  inputs = annotate(List[Tensor], [])
  outputs = annotate(List[Tensor], [])
  # With gradients also where nothing is kept: without, other kernels run, whose last bits differ.
  torch.set_grad_enabled(True)
  for i in range(L):
    if scale != 0. and not recompute:
      x = torch.requires_grad_(torch.detach(x), True)
      torch.append(outputs, net.layer(w[i], i, x, ragged))
    torch.append(inputs, x)
    x = torch.detach(outputs[i] if torch.len(outputs) > 0 else net.layer(w[i], i, x, ragged))

  # Made again, now with a gradient where a part of them is trained.
  net.add_start(w[L])
  net.add_end(w[L])
  x = torch.requires_grad_(torch.detach(x), True)
  at = torch.squeeze(torch.nonzero(torch.ge(batch["targets"], 0)), 1)
  targets = torch.index_select(batch["targets"], 0, at)
  losses = torch.nll_loss(torch.log_softmax(net.logits(torch.index_select(x, 0, at)), 1, dtype=6), targets, None, 0, -100)
  sums = torch.index_add(torch.zeros([torch.len(lengths)], dtype=7), 0, torch.index_select(batch["rows"], 0, at), torch.to(torch.detach(losses), 7))
  out = annotate(Dict[str, Tensor], {})
  torch._set_item(out, "losses", sums)
  if scale == 0.:
    return out
  y = torch.mul(torch.sum(losses), torch.select(batch["scale"], 0, 0))
  g = __torch__.gradients.back(y, None, x, p[L], out, "ends/")
  for k in range(L):
    i = L - 1 - k
    x = torch.pop(inputs)
    if recompute:
      x = torch.requires_grad_(torch.detach(x), True)
      torch.append(outputs, net.layer(w[i], i, x, ragged))
    g = __torch__.gradients.back(torch.pop(outputs), g, x, p[i], out, torch.add(torch.str(i), "/"))
  if torch.len(start) > 0:
    y = net.embed(batch["ids"], ragged.positions)
    names = torch.keys(start)
    found = torch.grad([y], torch.values(start), annotate(List[Optional[Tensor]], [g]))
    for i in range(torch.len(names)):
      torch._set_item(out, torch.add("start/", names[i]), unchecked_cast(Tensor, found[i]))
  return out
