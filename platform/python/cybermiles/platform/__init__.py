"""Python face of the deterministic kernel."""

from ._kernel import (
    FORMAT,
    OPS,
    STATE_FAILPOINTS,
    BlockLog,
    SnapshotImporter,
    Stage,
    StateError,
    StateReader,
    StateView,
    Store,
    import_snapshot,
    proof_error,
    verify_proof,
)

__all__ = [
    "FORMAT",
    "OPS",
    "STATE_FAILPOINTS",
    "BlockLog",
    "SnapshotImporter",
    "Stage",
    "StateError",
    "StateReader",
    "StateView",
    "Store",
    "import_snapshot",
    "proof_error",
    "verify_proof",
]
