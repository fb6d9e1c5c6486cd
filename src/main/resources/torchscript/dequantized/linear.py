# x W^T + b on weights in 8-bit integers with a scale for each output channel, where there are no
# 8-bit kernels: the integers become numbers of the input's type, which has all of them exactly, for
# each product. It halves the memory of 16-bit weights and saves no time.
class Linear:
  weight : Tensor  # int8 [N, K]
  scale : Tensor  # float32 [N]
  bias : Optional[Tensor]

  def __init__(self: __torch__.linear.Linear, weight: Tensor, bias: Optional[Tensor]) -> NoneType:
    # weight [N, K], bias [N]
    largest = torch.to(torch.amax(torch.abs(weight), [1]), 6)
    self.scale = torch.clamp_min(torch.div(largest, 127.), 1e-30)
    self.weight = torch.to(torch.round(torch.div(torch.to(weight, 6), torch.unsqueeze(self.scale, 1))), 1)
    self.bias = bias
    return None

  def forward(self: __torch__.linear.Linear, x: Tensor) -> Tensor:
    # [T, K] -> [T, N]
    y = torch.mul(torch.linear(x, torch.to(self.weight, x)), self.scale)
    bias = self.bias
    if torch.__isnot__(bias, None):
      y = torch.add(y, unchecked_cast(Tensor, bias))
    return torch.to(y, x)
