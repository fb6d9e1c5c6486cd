# Rotary position embedding (https://arxiv.org/abs/2104.09864) in the half-split form of
# Hugging Face: channel i is rotated with channel i + dim / 2, the channels from dim on pass.
class Rotary:
  dim : int
  cos : Tensor
  sin : Tensor

  def __init__(self: __torch__.rotary.Rotary, dim: int, theta: float, positions: int) -> NoneType:
    # dim channels of a head are rotated; tables [positions, 1, dim] in float32, as transformers computes them
    powers = torch.div(torch.to(torch.arange(0, dim, 2), 6), dim)
    frequencies = torch.reciprocal(torch.pow(theta, powers))
    angles = torch.outer(torch.to(torch.arange(positions), 6), frequencies)
    angles = torch.unsqueeze(torch.cat([angles, angles], 1), 1)
    self.dim = dim
    self.cos = torch.cos(angles)
    self.sin = torch.sin(angles)
    return None

  def at(self: __torch__.rotary.Rotary, positions: Tensor) -> Tuple[Tensor, Tensor]:
    # [T] -> two of [T, 1, dim]
    return (torch.index_select(self.cos, 0, positions), torch.index_select(self.sin, 0, positions))

  def rotate(self: __torch__.rotary.Rotary, x: Tensor, table: Tuple[Tensor, Tensor]) -> Tensor:
    # [T, H, D] -> [T, H, D]
    cos, sin = table
    dim = self.dim
    y = x[:, :, :dim]
    a, b = torch.chunk(y, 2, 2)
    y = torch.add(torch.mul(y, cos), torch.mul(torch.cat([torch.neg(b), a], 2), sin))
    if dim != torch.size(x, 2):
      y = torch.cat([y, x[:, :, dim:]], 2)
    return y
