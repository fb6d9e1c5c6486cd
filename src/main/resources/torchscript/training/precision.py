# Training computes in float32, from weights as they are stored. uint8 are the bytes of bfloat16, for
# which DJL 0.35.1 has no name.


def stored(weight: Tensor) -> Tensor:
  return torch.view_copy(weight, 15) if ops.prim.dtype(weight) == 0 else weight


def of(weight: Tensor) -> Tensor:
  # No copy where the file holds float32: the tensor stays in the mapped file.
  return torch.to(__torch__.precision.stored(weight), 6)
