# Rotary position embedding (https://arxiv.org/abs/2104.09864) in the half-split form of
# Hugging Face: channel i is rotated with channel i + dim / 2, the channels from dim on pass.


def frequencies(dim: int, theta: float, scaling: str, numbers: List[float]) -> Tensor:
  # [dim / 2], in float32 as transformers computes them (modeling_rope_utils.py)
  powers = torch.div(torch.to(torch.arange(0, dim, 2), 6), dim)
  f = torch.reciprocal(torch.pow(theta, powers))
  if scaling == "linear":
    f = torch.div(f, numbers[0])
  elif scaling == "llama3":
    # Long waves are stretched by the factor, short ones kept, those between blended.
    factor, low, high, positions = numbers[0], numbers[1], numbers[2], numbers[3]
    waves = torch.mul(torch.reciprocal(f), 6.283185307179586)
    share = torch.div(torch.sub(torch.mul(torch.reciprocal(waves), positions), low), high - low)
    blended = torch.add(torch.div(torch.mul(torch.rsub(share, 1.), f), factor), torch.mul(share, f))
    kept = torch.where(torch.lt(waves, torch.div(positions, high)), f, blended)
    f = torch.where(torch.gt(waves, torch.div(positions, low)), torch.div(f, factor), kept)
  return f


class Rotary:
  dim : int
  cos : Tensor
  sin : Tensor

  def __init__(self: __torch__.rotary.Rotary, device: str, dim: int, theta: float, scaling: str, numbers: List[float], positions: int) -> NoneType:
    # dim channels of a head are rotated; tables [positions, 1, dim]
    angles = torch.unsqueeze(torch.outer(torch.to(torch.arange(positions), 6), __torch__.rotary.frequencies(dim, theta, scaling, numbers)), 1)
    cos = torch.cos(angles)
    sin = torch.sin(angles)
    self.dim = dim
    self.cos = torch.to(torch.cat([cos, cos], 2), torch.device(device), 6)
    # With the sign here, no channel need be negated in every layer.
    self.sin = torch.to(torch.cat([torch.neg(sin), sin], 2), torch.device(device), 6)
    return None

  def at(self: __torch__.rotary.Rotary, positions: Tensor, x: Tensor) -> Tuple[Tensor, Tensor]:
    # [T] -> two of [T, 1, dim] in the type of x
    cos = torch.index_select(self.cos, 0, positions)
    return (torch.to(cos, x), torch.to(torch.index_select(self.sin, 0, positions), x))

  def rotate(self: __torch__.rotary.Rotary, x: Tensor, table: Tuple[Tensor, Tensor]) -> Tensor:
    # [T, heads, D] -> [T, heads, D]; queries and keys can go together
    cos, sin = table
    dim = self.dim
    y = x[:, :, :dim]
    a, b = torch.chunk(y, 2, 2)
    y = torch.add(torch.mul(y, cos), torch.mul(torch.cat([b, a], 2), sin))
    if dim != torch.size(x, 2):
      y = torch.cat([y, x[:, :, dim:]], 2)
    return y
