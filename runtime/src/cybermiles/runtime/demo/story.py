"""How the demo speaks, and how it insists: every statement is checked before it is made."""

from __future__ import annotations

import click


class DemoError(Exception):
    """Something is not as the demo says; the message says what."""


class Story:
    """Numbered steps; under each what it proves."""

    def __init__(self) -> None:
        self._step = 0

    def step(self, title: str) -> None:
        """Begins a step."""
        self._step += 1
        click.echo(f"\n{click.style(f'{self._step:2}', fg='blue', bold=True)}  {click.style(title, bold=True)}")

    def say(self, text: str) -> None:
        """A detail."""
        click.echo(f"    {text}")

    def prove(self, what: str, actual: object, expected: object) -> None:
        """A fact that must hold. Raises DemoError."""
        if actual != expected:
            raise DemoError(f"{what}: expected {expected}, found {actual}")
        click.echo(f"    {click.style('✓', fg='green', bold=True)} {what}: {click.style(str(actual), bold=True)}")
