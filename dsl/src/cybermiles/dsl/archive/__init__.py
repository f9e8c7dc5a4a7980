"""The contract archive: a folder of sources, or the same packed as one canonical `.sbc` file (DESIGN section 4)."""
