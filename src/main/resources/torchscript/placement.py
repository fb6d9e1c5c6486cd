# Brings tensors to a device and into a type.
class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def __getstate__(self: __torch__.placement.Model) -> int:
    return 0

  def __setstate__(self: __torch__.placement.Model, state: int) -> NoneType:
    self.training = False
    return None

  def place(self: __torch__.placement.Model, x: Tensor, device: str, dtype: int) -> Tensor:
    # The tensor itself where it is there already: weights stay in their mapped files.
    return torch.to(x, torch.device(device), dtype)
