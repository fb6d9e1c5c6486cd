# Merges a LoRA adapter (https://arxiv.org/abs/2106.09685) into a weight, in float32.
class Model(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def __getstate__(self: __torch__.lora.Model) -> int:
    return 0

  def __setstate__(self: __torch__.lora.Model, state: int) -> NoneType:
    self.training = False
    return None

  def merge(self: __torch__.lora.Model, weight: Tensor, a: Tensor, b: Tensor, scale: float, transposed: bool) -> Tensor:
    # weight [out, in], or [in, out] if transposed; a [r, in], b [out, r] -> the weight's shape
    change = torch.mul(torch.matmul(torch.to(b, 6), torch.to(a, 6)), scale)
    change = torch.t(change) if transposed else change
    return torch.add(torch.to(weight, 6), change)
