"""Screen the AI triad, compute x data x algorithms, and say why each line ranks."""

__version__ = "0.1.0"
