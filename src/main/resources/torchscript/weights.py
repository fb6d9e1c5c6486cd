# Checkpoint tensors as the bricks take them: computed in float32 whatever they are stored in.


def take(weights: Dict[str, Tensor], name: str) -> Tensor:
  # No copy where the file holds float32: the tensor stays in the mapped file.
  return torch.to(weights[name], 6)


def has(weights: Dict[str, Tensor], name: str) -> bool:
  return torch.__contains__(weights, name)
