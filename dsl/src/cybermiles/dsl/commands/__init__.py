"""The verbs of the `dsl` command, one file each."""
