# What a device reaches: memory read in order, and one large linear layer.
class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  memory : Tensor
  rows : Tensor
  linear : __torch__.linear.Linear

  def __getstate__(self: __torch__.machine.Model) -> int:
    return 0

  def __setstate__(self: __torch__.machine.Model, state: int) -> NoneType:
    empty = torch.zeros([1, 1], dtype=6)
    self.training = False
    self.memory = empty
    self.rows = empty
    self.linear = __torch__.linear.Linear(empty, None)
    return None

  def prepare(self: __torch__.machine.Model, floats: int, width: int, rows: int, device: str, dtype: int) -> NoneType:
    # dtype: of the product
    there = torch.device(device)
    self.memory = torch.ones([floats], dtype=6, device=there)
    self.rows = torch.to(torch.rand([rows, width], dtype=6), there, dtype)
    self.linear = __torch__.linear.Linear(torch.to(torch.rand([width, width], dtype=6), there, dtype), None)
    return None

  def read(self: __torch__.machine.Model) -> Tensor:
    # One number
    return torch.sum(self.memory)

  def product(self: __torch__.machine.Model) -> Tensor:
    # One number of the product
    return torch.to(torch.clone(self.linear.forward(self.rows)[:1, :1]), 6)
