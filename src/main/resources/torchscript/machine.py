# What the machine reaches: memory read in order, and one large linear layer.
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

  def prepare(self: __torch__.machine.Model, floats: int, width: int, rows: int) -> NoneType:
    self.memory = torch.ones([floats], dtype=6)
    self.rows = torch.rand([rows, width], dtype=6)
    self.linear = __torch__.linear.Linear(torch.rand([width, width], dtype=6), None)
    return None

  def read(self: __torch__.machine.Model) -> Tensor:
    return torch.sum(self.memory)

  def product(self: __torch__.machine.Model) -> Tensor:
    return self.linear.forward(self.rows)
