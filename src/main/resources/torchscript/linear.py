# x W^T + b by torch.linear, where there is no oneDNN.
class Linear:
  weight : Tensor
  bias : Optional[Tensor]

  def __init__(self: __torch__.linear.Linear, weight: Tensor, bias: Optional[Tensor]) -> NoneType:
    # weight [N, K], bias [N]
    self.weight = torch.contiguous(weight)
    self.bias = bias
    return None

  def forward(self: __torch__.linear.Linear, x: Tensor) -> Tensor:
    # [T, K] -> [T, N]
    return torch.linear(x, self.weight, self.bias)
