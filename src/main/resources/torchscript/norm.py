# Norms over the last dimension, [T, C] -> [T, C]; RMSNorm also [T, H, D] -> [T, H, D].
class LayerNorm:
  weight : Tensor
  bias : Tensor
  eps : float

  def __init__(self: __torch__.norm.LayerNorm, weight: Tensor, bias: Tensor, eps: float) -> NoneType:
    self.weight = weight
    self.bias = bias
    self.eps = eps
    return None

  def forward(self: __torch__.norm.LayerNorm, x: Tensor) -> Tensor:
    return torch.layer_norm(x, [torch.size(x, 1)], self.weight, self.bias, self.eps)


class RMSNorm:
  weight : Tensor
  eps : float

  def __init__(self: __torch__.norm.RMSNorm, weight: Tensor, eps: float) -> NoneType:
    self.weight = weight
    self.eps = eps
    return None

  def forward(self: __torch__.norm.RMSNorm, x: Tensor) -> Tensor:
    return torch.rms_norm(x, [torch.size(x, -1)], self.weight, self.eps)
