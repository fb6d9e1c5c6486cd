# The low-rank changes that are trained (https://arxiv.org/abs/2106.09685).


def matrix(w: Dict[str, Tensor], name: str) -> Tensor:
  # Of a linear layer: float32, or bfloat16 where it is to be multiplied in that.
  if __torch__.weights.has(w, "bfloat16"):
    return torch.to(__torch__.precision.stored(w[name]), 15)
  return __torch__.precision.of(w[name])


def adapt(linear: __torch__.linear.Linear, w: Dict[str, Tensor], names: List[str], heads: int) -> __torch__.linear.Linear:
  # names: of the matrices that are joined in the layer, in its order; heads as for weights.by_part
  begin = 0
  for i in range(torch.len(names)):
    name = names[i]
    if __torch__.weights.has(w, torch.add(name, ".lora_A.weight")):
      b = __torch__.weights.by_part(w[torch.add(name, ".lora_B.weight")], heads)
      change = __torch__.linear.LowRank(w[torch.add(name, ".lora_A.weight")], b, begin, w[torch.add(name, ".lora")], w)
      torch.append(linear.changes, change)
    begin = begin + torch.size(w[torch.add(name, ".weight")], 0)
  return linear
