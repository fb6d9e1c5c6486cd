# Training computes in float32, from weights as they are stored.


def of(weight: Tensor) -> Tensor:
  return torch.to(weight, 6)
