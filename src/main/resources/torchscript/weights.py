# Checkpoint tensors as the bricks take them: computed in float32 whatever they are stored in.


def take(weights: Dict[str, Tensor], name: str) -> Tensor:
  # No copy where the file holds float32: the tensor stays in the mapped file.
  return torch.to(weights[name], 6)


def has(weights: Dict[str, Tensor], name: str) -> bool:
  return torch.__contains__(weights, name)


def join(w: Dict[str, Tensor], names: List[str], suffix: str) -> Optional[Tensor]:
  # Matrices that read the same input become one; None where the checkpoint has none (biases).
  joined = annotate(Optional[Tensor], None)
  if __torch__.weights.has(w, torch.add(names[0], suffix)):
    parts = annotate(List[Tensor], [])
    for i in range(torch.len(names)):
      torch.append(parts, __torch__.weights.take(w, torch.add(names[i], suffix)))
    joined = torch.cat(parts, 0)
  return joined


def linear(w: Dict[str, Tensor], names: List[str]) -> __torch__.linear.Linear:
  weight = unchecked_cast(Tensor, __torch__.weights.join(w, names, ".weight"))
  return __torch__.linear.Linear(weight, __torch__.weights.join(w, names, ".bias"))
