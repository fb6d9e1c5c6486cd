# x W^T + b for a frozen W, with the low-rank changes that are trained:
# x W^T + b + scale (dropout(x) A^T) B^T, as in peft's tuners/lora/layer.py.
# W is float32 or bfloat16; in bfloat16 the product rounds x, as autocast does, and nothing else.


def kept(rows: Tensor, module: int, channels: int, dropout: float) -> Tensor:
  # rows [T] -> [T, channels]: which inputs dropout keeps, a pure function of the row's number, the
  # module's and the channel's, so that it is the same when a layer is computed again.
  # The mixing function is lowbias32 (https://nullprogram.com/blog/2018/07/31/); shifts of int32 are
  # arithmetic, so what they bring in is masked.
  columns = torch.add(torch.mul(torch.arange(channels), 2654435769), module * 2246822519)
  x = torch.to(torch.add(torch.unsqueeze(rows, 1), torch.unsqueeze(columns, 0)), 3)
  x = torch.bitwise_xor_(x, torch.bitwise_and(torch.bitwise_right_shift(x, 16), 65535))
  x = torch.mul_(x, 2146121005)
  x = torch.bitwise_xor_(x, torch.bitwise_and(torch.bitwise_right_shift(x, 15), 131071))
  x = torch.mul_(x, -2073254261)
  x = torch.bitwise_xor_(x, torch.bitwise_and(torch.bitwise_right_shift(x, 16), 65535))
  return torch.ge(torch.bitwise_and(x, 16777215), dropout * 16777216.)


class LowRank:
  a : Tensor  # [r, K]
  b : Tensor  # [n, r]
  begin : int  # the output channel where it begins
  scale : float
  module : int
  dropout : float  # share of the inputs that are dropped; 0 is off
  rows : Tensor  # [T], random numbers of the tokens

  def __init__(self: __torch__.linear.LowRank, a: Tensor, b: Tensor, begin: int, lora: Tensor, w: Dict[str, Tensor]) -> NoneType:
    # lora: scale, number of the module, dropout
    self.a = a
    self.b = b
    self.begin = begin
    self.scale = torch.Float(lora[0])
    self.module = torch.Int(lora[1])
    self.dropout = torch.Float(lora[2])
    self.rows = w["dropout"]
    return None

  def forward(self: __torch__.linear.LowRank, x: Tensor) -> Tensor:
    # [T, K] -> [T, n]
    if self.dropout > 0. and torch.size(self.rows, 0) > 0:
      mask = __torch__.linear.kept(self.rows, self.module, torch.size(x, 1), self.dropout)
      x = torch.mul(x, torch.div(torch.to(mask, 6), 1. - self.dropout))
    return torch.linear(torch.mul(torch.linear(x, self.a), self.scale), self.b)


class Linear:
  weight : Tensor
  bias : Optional[Tensor]
  changes : List[__torch__.linear.LowRank]

  def __init__(self: __torch__.linear.Linear, weight: Tensor, bias: Optional[Tensor]) -> NoneType:
    # weight [N, K], bias [N]
    self.weight = weight
    self.bias = bias
    self.changes = annotate(List[__torch__.linear.LowRank], [])
    return None

  def forward(self: __torch__.linear.Linear, x: Tensor) -> Tensor:
    # [T, K] -> [T, N]
    bias = self.bias
    if ops.prim.dtype(self.weight) == 6:
      y = torch.linear(x, self.weight, bias)
    else:
      y = torch.to(torch.linear(torch.to(x, 15), self.weight), 6)
      if torch.__isnot__(bias, None):
        y = torch.add(y, unchecked_cast(Tensor, bias))
    changes = self.changes
    for i in range(torch.len(changes)):
      change = changes[i]
      part = change.forward(x)
      begin = change.begin
      if torch.size(part, 1) == torch.size(y, 1):
        y = torch.add(y, part)
      else:
        part = torch.add_(torch.slice(y, 1, begin, begin + torch.size(part, 1)), part)
    return y
