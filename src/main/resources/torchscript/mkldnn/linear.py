# x W^T + b by oneDNN on weights packed for its kernels.
# Packed for 32 rows a row's result has the same bits whatever the number of rows of x from two rows
# on, which torch.linear does not give at 1, 2, 3, 5, 7 and 9 rows (libtorch 2.7.1); and from 8 rows
# on it is about twice as fast. A single row goes through another kernel on some processors (AMD
# Zen 4 from about 2048 channels on), so it is computed as two.
class Linear:
  weight : Tensor
  bias : Optional[Tensor]

  def __init__(self: __torch__.linear.Linear, weight: Tensor, bias: Optional[Tensor]) -> NoneType:
    # weight [N, K], bias [N]
    self.weight = ops.mkldnn._reorder_linear_weight(torch.contiguous(weight), 32)
    self.bias = bias
    return None

  def forward(self: __torch__.linear.Linear, x: Tensor) -> Tensor:
    # [T, K] -> [T, N]
    single = torch.size(x, 0) == 1
    x = torch.cat([x, x], 0) if single else x
    y = ops.mkldnn._linear_pointwise(x, self.weight, self.bias, "none", annotate(List[Optional[number]], []), "")
    return y[:1] if single else y
