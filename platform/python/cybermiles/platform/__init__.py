"""Python face of the deterministic kernel."""

from ._kernel import FORMAT, OPS

__all__ = ["FORMAT", "OPS"]
