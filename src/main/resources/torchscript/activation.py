# Activations under Hugging Face's names (transformers, activations.py). gelu_new and gelu_fast are
# the tanh form of gelu written out.


def activate(name: str, x: Tensor) -> Tensor:
  if name == "gelu":
    y = torch.gelu(x)
  elif name == "silu":
    y = torch.silu(x)
  elif name == "relu":
    y = torch.relu(x)
  else:
    y = torch.gelu(x, approximate="tanh")
  return y
