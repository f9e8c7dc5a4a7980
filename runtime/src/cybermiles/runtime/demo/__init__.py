"""The demo: a story in steps, each checked."""
