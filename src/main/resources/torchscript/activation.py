# Activations under Hugging Face's names (transformers, activations.py). gelu_new and gelu_fast are
# the tanh form of gelu written out.
# libtorch's silu and gelu give other bits at the ends of what a thread is given than in its middle,
# so a value would depend on its place in the batch (seen with 3 threads, libtorch 2.7.1 and 2.13).
# Their parts do not. With gradients the whole ones are taken, which have sound ones everywhere.


def silu(x: Tensor) -> Tensor:
  return torch.div(x, torch.add_(torch.exp_(torch.neg(x)), 1.))


def gelu(x: Tensor) -> Tensor:
  y = torch.erf_(torch.mul(x, 0.7071067811865476))
  return torch.mul_(torch.add_(y, 1.), torch.mul(x, 0.5))


def gelu_tanh(x: Tensor) -> Tensor:
  y = torch.add_(torch.mul_(torch.mul(x, x), 0.035677408136300125), 0.7978845608028654)
  y = torch.tanh_(torch.mul_(y, x))
  return torch.mul_(torch.add_(y, 1.), torch.mul(x, 0.5))


def activate(name: str, x: Tensor) -> Tensor:
  whole = torch.is_grad_enabled()
  if name == "gelu":
    y = torch.gelu(x) if whole else __torch__.activation.gelu(x)
  elif name == "silu":
    y = torch.silu(x) if whole else __torch__.activation.silu(x)
  elif name == "relu":
    y = torch.relu(x)
  else:
    y = torch.gelu(x, approximate="tanh") if whole else __torch__.activation.gelu_tanh(x)
  return y
