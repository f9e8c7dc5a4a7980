"""Python face of the deterministic kernel."""

from ._kernel import FORMAT

__all__ = ["FORMAT"]
