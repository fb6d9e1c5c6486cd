# Checkpoint tensors as the bricks take them.


def take(weights: Dict[str, Tensor], name: str) -> Tensor:
  return __torch__.precision.of(weights[name])


def has(weights: Dict[str, Tensor], name: str) -> bool:
  return torch.__contains__(weights, name)


def join(w: Dict[str, Tensor], names: List[str], suffix: str) -> Optional[Tensor]:
  # Matrices that read the same input become one; None where the checkpoint has none (biases).
  joined = annotate(Optional[Tensor], None)
  if __torch__.weights.has(w, torch.add(names[0], suffix)):
    parts = annotate(List[Tensor], [])
    for i in range(torch.len(names)):
      name = torch.add(names[i], suffix)
      torch.append(parts, __torch__.adapter.matrix(w, name) if suffix == ".weight" else __torch__.weights.take(w, name))
    joined = torch.cat(parts, 0) if torch.len(names) > 1 else parts[0]
  return joined


def by_part(x: Tensor, heads: int) -> Tensor:
  # Rows that are stored head by head as q, k, v become all q, all k, all v; heads 0: they are not.
  if heads > 0:
    x = torch.reshape(torch.transpose(torch.reshape(x, [heads, 3, -1]), 0, 1), torch.size(x))
  return x


def linear(w: Dict[str, Tensor], names: List[str], heads: int) -> __torch__.linear.Linear:
  # heads: of a matrix for by_part, else 0
  weight = __torch__.weights.by_part(unchecked_cast(Tensor, __torch__.weights.join(w, names, ".weight")), heads)
  bias = __torch__.weights.join(w, names, ".bias")
  if torch.__isnot__(bias, None):
    bias = __torch__.weights.by_part(unchecked_cast(Tensor, bias), heads)
  return __torch__.adapter.adapt(__torch__.linear.Linear(weight, bias), w, names, heads)
