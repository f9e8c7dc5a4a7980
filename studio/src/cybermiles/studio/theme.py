"""Colours and shapes, light and dark: Streamlit's options, and a little style of our own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_COMMON: dict[str, Any] = {
    "theme.baseRadius": "8px",
    "theme.buttonRadius": "8px",
    "theme.baseFontSize": 15,
    "theme.codeFontSize": "13.5px",
    "theme.headingFontSizes": ["1.9rem", "1.35rem", "1.1rem", "1rem", "0.95rem", "0.9rem"],
    "theme.headingFontWeights": [650, 620, 620, 600, 600, 600],
    "theme.showWidgetBorder": True,
}
_LIGHT: dict[str, Any] = {
    "primaryColor": "#0f6e6e",
    "backgroundColor": "#ffffff",
    "secondaryBackgroundColor": "#f4f6f6",
    "textColor": "#1b2727",
    "borderColor": "#d9e0e0",
    "linkColor": "#0f6e6e",
    "codeBackgroundColor": "#f4f6f6",
}
_DARK: dict[str, Any] = {
    "primaryColor": "#15807a",
    "backgroundColor": "#12191b",
    "secondaryBackgroundColor": "#1a2427",
    "textColor": "#e4ecec",
    "borderColor": "#2f3d41",
    "linkColor": "#5fcfc5",
    "codeBackgroundColor": "#1a2427",
}

THEME: dict[str, Any] = {
    **_COMMON,
    **{f"theme.light.{name}": value for name, value in _LIGHT.items()},
    **{f"theme.dark.{name}": value for name, value in _DARK.items()},
}


def style() -> str:
    """Our style sheet, in a tag."""
    return f"<style>{Path(__file__).with_name('style.css').read_text(encoding='utf-8')}</style>"
