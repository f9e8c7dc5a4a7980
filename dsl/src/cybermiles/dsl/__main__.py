"""``python -m cybermiles.dsl`` is the `dsl` command."""

from cybermiles.dsl.cli import main

main()
