"""`python -m cybermiles.studio` is the `studio` command."""

from cybermiles.studio.cli import main

main()
