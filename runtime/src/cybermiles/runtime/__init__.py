"""The node: the `runtime` command, REST, configuration, keys and the demo."""
