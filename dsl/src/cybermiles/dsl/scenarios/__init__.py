"""Scenarios of a contract archive: given / when / then with a pinned clock, run on the real VM."""
