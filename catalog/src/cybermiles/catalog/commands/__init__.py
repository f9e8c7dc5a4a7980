"""One file a verb; each has `command`."""
