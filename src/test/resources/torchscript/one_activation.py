# An activation by itself, for tests.
class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def __getstate__(self: __torch__.one_activation.Model) -> int:
    return 0

  def __setstate__(self: __torch__.one_activation.Model, state: int) -> NoneType:
    self.training = False
    return None

  def forward(self: __torch__.one_activation.Model, name: str, x: Tensor) -> Tensor:
    return __torch__.activation.activate(name, x)
