"""Those whom records are about, and how they are recognised: the register of organisations and its search."""
