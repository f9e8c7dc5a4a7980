"""What the editor may complete: keywords of the language, and what the project declares."""

from __future__ import annotations

from typing import Any

from cybermiles.dsl import ir, script_reference
from cybermiles.dsl.diagnostics import CompileError
from cybermiles.dsl.natives import NATIVES
from cybermiles.studio.services import compiler
from cybermiles.studio.services.projects import Project, language


def _words(text: str) -> list[str]:
    return text.split()


KEYWORDS = {
    "drl": _words(
        """rule when then end not exists salience no-loop declare import package dialect insert update modify delete
        retract if else for while true false null and or contains matches in"""
    ),
    "javascript": _words(
        """const let var function return if else for while do of in new true false null undefined typeof instanceof void
        delete throw try catch finally switch case default break continue class extends super this static get set"""
    ),
    "yaml": list[str](),
}
MANIFEST_KEYS = _words(
    """name version license title summary category parameters state types tables webhooks roles permissions endpoints
    args returns script rules type properties default minimum maximum description required enum"""
)
SCENARIO_KEYS = _words(
    "now scenarios name given when then parameters endpoint args sender value result fired error events"
)
_SCRIPT = script_reference.completion()
SCRIPT_FUNCTIONS = sorted({entry["name"].removeprefix("new ").partition(".")[0] for entry in _SCRIPT["names"]})
"""Functions and classes of scripts, and what others of theirs stand behind (`Math`)."""
SCRIPT_METHODS = sorted({entry["name"] for entry in _SCRIPT["methods"]})
RULE_FUNCTIONS = sorted(name for name, native in NATIVES.items() if not native.script_only)


def of(project: Project, file: str) -> dict[str, Any]:
    """Completion for one file, as `frontend/src/completion.js` reads it."""
    kind = language(file)
    known: dict[str, Any] = {"keywords": KEYWORDS.get(kind, [])}
    if kind == "yaml":
        known["keys"] = SCENARIO_KEYS if file.startswith("tests/") else MANIFEST_KEYS
    try:
        outline = compiler.outline(project.sources())
    except CompileError:
        return known
    manifest = outline.manifest
    known["types"] = [
        {"name": found.name, "fields": [_field(field) for field in found.fields]} for found in manifest.types
    ]
    known["parameters"] = [
        {
            "name": name,
            "type": str(schema.get("type", "")),
            "title": str(schema.get("title", "")),
            **({"default": str(schema["default"])} if "default" in schema else {}),
        }
        for name, schema in (manifest.parameters.get("properties") or {}).items()
    ]
    known["variables"] = [field.name for field in manifest.variables]
    known["functions"] = {"javascript": SCRIPT_FUNCTIONS, "drl": RULE_FUNCTIONS}.get(kind, [])
    known["methods"] = SCRIPT_METHODS if kind == "javascript" else []
    known["arguments"] = [
        field.name for entry in manifest.endpoints if entry.file == file for field in entry.endpoint.args
    ]
    return known


def _field(field: ir.Field) -> dict[str, Any]:
    values = list(field.type.values) if isinstance(field.type, ir.Enum) else []
    return {"name": field.name, "type": ir.show_type(field.type), **({"values": values} if values else {})}
