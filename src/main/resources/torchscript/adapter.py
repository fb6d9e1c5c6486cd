# What generation adds to a linear layer for an adapter: nothing, since adapters are merged into the
# weights before they come here. Training has a brick of the same name that does otherwise.


def matrix(w: Dict[str, Tensor], name: str) -> Tensor:
  # Of a linear layer.
  return __torch__.precision.of(w[name])


def adapt(linear: __torch__.linear.Linear, w: Dict[str, Tensor], names: List[str], heads: int) -> __torch__.linear.Linear:
  return linear
