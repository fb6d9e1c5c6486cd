# One linear layer, to test its kernels by themselves.
class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  linear : __torch__.linear.Linear

  def __getstate__(self: __torch__.one_linear.Model) -> int:
    return 0

  def __setstate__(self: __torch__.one_linear.Model, state: int) -> NoneType:
    self.training = False
    self.linear = __torch__.linear.Linear(torch.zeros([1, 1], dtype=6), None)
    return None

  def make(self: __torch__.one_linear.Model, weight: Tensor, bias: Tensor) -> NoneType:
    self.linear = __torch__.linear.Linear(weight, bias)
    return None

  def forward(self: __torch__.one_linear.Model, x: Tensor) -> Tensor:
    return self.linear.forward(x)
