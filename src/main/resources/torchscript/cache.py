# Tensors of the KV cache: blocks [L, R, J, P, D], or one flat tensor [L, N, J, D].
class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def __getstate__(self: __torch__.cache.Model) -> int:
    return 0

  def __setstate__(self: __torch__.cache.Model, state: int) -> NoneType:
    self.training = False
    return None

  def move(self: __torch__.cache.Model, from_block: Tensor, from_row: int, to_block: Tensor, to_row: int, length: int) -> NoneType:
    source = torch.select(from_block, 1, from_row)[:, :, :length]
    torch.copy_(torch.select(to_block, 1, to_row)[:, :, :length], source)
    return None

  def zeros(self: __torch__.cache.Model, shape: List[int], device: str, dtype: int) -> Tensor:
    return torch.zeros(shape, dtype=dtype, device=torch.device(device))

  def shift(self: __torch__.cache.Model, flat: Tensor, source: int, target: int, places: int) -> NoneType:
    # The runs may overlap.
    torch.copy_(flat[:, target:target + places], torch.clone(flat[:, source:source + places]))
    return None
