# x W^T + b in 8-bit integers by fbgemm: weights with a scale for each output channel, activations with
# a scale for each row. Sums of integers are exact, so a row's result has the same bits whatever the
# number of rows.
# Outliers of activations are met in two ways. Where a column of the weight is far smaller than the
# others, its input is expected to be as much larger: the column is scaled up and the input down, by a
# power of two. And a row whose largest value is OUTLYING times its mean goes through the product a
# second time, with what the first time rounded off; a row decides this by itself.


def pack(weight: Tensor, scale: Tensor) -> __torch__.torch.classes.quantized.LinearPackedParamsBase:
  # weight int8 [N, K], scale [N]
  zero = torch.zeros([torch.size(weight, 0)], dtype=4)
  return ops.quantized.linear_prepack(torch._make_per_channel_quantized_tensor(weight, torch.to(scale, 7), zero, 0), None)


def product(x: Tensor, levels: int, packed: __torch__.torch.classes.quantized.LinearPackedParamsBase) -> Tensor:
  # x [T, K] within -levels to levels, rounded to integers -> [T, N]
  return ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(x, 1., levels + 1, packed)


def usable_levels() -> int:
  # Without VNNI instructions fbgemm adds pairs of products in 16 bits. They overflow unless the
  # activations have 7 bits.
  packed = __torch__.linear.pack(torch.full([16, 64], 127, dtype=1), torch.ones([16], dtype=6))
  y = __torch__.linear.product(torch.full([1, 64], 127, dtype=6), 127, packed)
  return 127 if torch.Bool(torch.all(torch.eq(y, 1032256.))) else 63


def largest(weight: Tensor, dim: int) -> Tensor:
  # [N, K] -> absolute maxima along dim, without a copy of the weight
  return torch.maximum(torch.amax(weight, [dim]), torch.neg(torch.amin(weight, [dim])))


def column_factors(weight: Tensor) -> Optional[Tensor]:
  # weight [N, K] -> [K], what columns are to be multiplied by; None if nothing
  columns = __torch__.linear.largest(weight, 0)
  ratio = torch.div(torch.median(columns), columns)
  scaled = torch.logical_and(torch.ge(ratio, 8.), torch.isfinite(ratio))
  factors = annotate(Optional[Tensor], None)
  if torch.Bool(torch.any(scaled)):
    factors = torch.where(scaled, torch.exp2(torch.floor(torch.log2(ratio))), torch.ones_like(ratio))
  return factors


def quantized(weight: Tensor, factors: Optional[Tensor]) -> Tuple[Tensor, Tensor]:
  # weight [N, K], factors [K] -> int8 [N, K] and scales [N]; some rows at a time, to need little memory beside them
  N = torch.size(weight, 0)
  integers = torch.empty(torch.size(weight), dtype=1)
  scales = annotate(List[Tensor], [])
  for start in range(0, N, 1024):
    rows = weight[start:start + 1024]
    if torch.__isnot__(factors, None):
      rows = torch.mul(rows, unchecked_cast(Tensor, factors))
    scale = torch.clamp_min(torch.div(__torch__.linear.largest(rows, 1), 127.), 1e-30)
    torch.copy_(integers[start:start + 1024], torch.round(torch.div(rows, torch.unsqueeze(scale, 1))))
    torch.append(scales, scale)
  return (integers, torch.cat(scales, 0))


class Linear:
  packed : __torch__.torch.classes.quantized.LinearPackedParamsBase
  divisors : Optional[Tensor]  # [K], of the input's columns
  bias : Optional[Tensor]
  levels : int

  def __init__(self: __torch__.linear.Linear, weight: Tensor, bias: Optional[Tensor]) -> NoneType:
    # weight [N, K], bias [N]
    factors = __torch__.linear.column_factors(weight)
    integers, scales = __torch__.linear.quantized(weight, factors)
    self.packed = __torch__.linear.pack(integers, scales)
    self.divisors = factors
    self.bias = bias
    self.levels = __torch__.linear.usable_levels()
    return None

  def forward(self: __torch__.linear.Linear, x: Tensor) -> Tensor:
    # [T, K] -> [T, N]
    OUTLYING = 26.
    divisors = self.divisors
    if torch.__isnot__(divisors, None):
      x = torch.div(x, unchecked_cast(Tensor, divisors))
    T = torch.size(x, 0)
    levels = self.levels
    a = torch.abs(x)
    largest = torch.clamp_min(torch.amax(a, [1], True), 1e-30)
    step = torch.div(largest, levels)
    x = torch.div(x, step)
    rows = torch.nonzero(torch.squeeze(torch.gt(largest, torch.mul(torch.mean(a, [1], True), OUTLYING)), 1))
    if torch.size(rows, 0) == 0:
      y = __torch__.linear.product(x, levels, self.packed)
    else:
      rows = torch.squeeze(rows, 1)
      fine = torch.index_select(x, 0, rows)
      # Rounded as the kernel rounds, so that the rest is what it leaves.
      coarse = torch.sub(torch.round(torch.add(fine, levels + 1)), levels + 1)
      rest = torch.mul(torch.sub(fine, coarse), 2 * levels)
      y = __torch__.linear.product(torch.cat([x, rest], 0), levels, self.packed)
      y = torch.index_add_(y[:T], 0, rows, torch.div(y[T:], 2 * levels))
    bias = self.bias
    if torch.__is__(bias, None):
      y = torch.mul_(y, step)
    else:
      y = torch.addcmul(unchecked_cast(Tensor, bias), y, step)
    return y
