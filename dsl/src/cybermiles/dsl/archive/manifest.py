"""`contract.yaml`, checked against the published JSON Schema and turned into the parts of an IR module.

The schema is `cybermiles/dsl/data/contract.schema.json`; what it cannot say (a type that nobody declared, a file
that does not exist, a default of the wrong type) is checked here, each finding at its own line.
"""

from __future__ import annotations

import importlib.resources
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import jsonschema

from cybermiles.dsl import ir
from cybermiles.dsl.archive.roles import read_roles
from cybermiles.dsl.archive.sources import MANIFEST, Sources
from cybermiles.dsl.archive.yaml_source import Document, Path, load
from cybermiles.dsl.diagnostics import Diagnostics, suggest
from cybermiles.dsl.error_table import PAGES
from cybermiles.dsl.roles import Role


@dataclass(frozen=True)
class EndpointSource:
    """An endpoint as the manifest names it: its signature and the file that holds its body."""

    endpoint: ir.Endpoint
    kind: str
    """`script`, `rules` or `process`."""
    file: str
    inferred: bool = False
    """Of a process: its arguments are not declared."""
    refund: str = ""
    senders: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Manifest:
    """What `contract.yaml` says. `parameters` is the JSON Schema of the contract's parameters."""

    name: str
    version: str
    license: str
    title: str
    summary: str
    category: str
    parameters: dict[str, Any]
    types: tuple[ir.TypeDef, ...]
    variables: tuple[ir.Field, ...]
    endpoints: tuple[EndpointSource, ...]
    permissions: tuple[str, ...]
    roles: tuple[Role, ...] = ()
    acknowledge: tuple[str, ...] = ()
    """Codes of findings that do not keep `dsl build` from packing."""


def schema() -> dict[str, Any]:
    """The published JSON Schema of `contract.yaml`."""
    text = (importlib.resources.files("cybermiles.dsl") / "data" / "contract.schema.json").read_text()
    return dict(json.loads(text))


def read_manifest(sources: Sources, findings: Diagnostics) -> Manifest:
    """Parses and checks the manifest. Raises CompileError if it has errors; collects all of them first."""
    document = load(sources[MANIFEST], MANIFEST, findings)
    _check_schema(document, findings)
    findings.check()
    data = document.data
    types: dict[str, Any] = data.get("types") or {}
    reader = _TypeReader(document, findings, frozenset(types))
    _check_parameters(document, findings)
    _check_acknowledged(document, findings)
    manifest = Manifest(
        name=data["name"],
        version=data["version"],
        license=data["license"],
        title=data.get("title", data["name"]),
        summary=data.get("summary", ""),
        category=data.get("category", ""),
        parameters=data.get("parameters") or {"type": "object", "properties": {}},
        types=tuple(
            ir.TypeDef(name, False, None, reader.fields(fields, ("types", name)), span=document.span(("types", name)))
            for name, fields in types.items()
        ),
        variables=reader.fields(data.get("state") or {}, ("state",)),
        endpoints=tuple(_endpoint(name, entry, reader, sources) for name, entry in data["endpoints"].items()),
        permissions=tuple(sorted(data.get("permissions") or ())),
        roles=read_roles(document, findings),
        acknowledge=tuple(sorted(data.get("acknowledge") or ())),
    )
    findings.check()
    return manifest


def _check_acknowledged(document: Document, findings: Diagnostics) -> None:
    known = [code for code, page in PAGES.items() if page.runs]
    for index, code in enumerate(document.data.get("acknowledge") or ()):
        if code not in known:
            message = f"`{code}` is no finding that can be acknowledged"
            hint = suggest(code, known) or f"it can be: {', '.join(sorted(known))}"
            findings.add("manifest-schema", message, document.span(("acknowledge", index)), hint)


def _endpoint(name: str, entry: dict[str, Any], reader: _TypeReader, sources: Sources) -> EndpointSource:
    path: Path = ("endpoints", name)
    span = reader.document.span(path)
    kind = next(kind for kind in ("script", "rules", "process") if kind in entry)
    file = entry[kind]
    for key in (kind, "refund"):
        name_ = str(entry.get(key, "")).partition("#")[0]
        if key in entry and name_ not in sources:
            message = f"the archive has no file `{name_}`"
            reader.findings.add(
                "manifest-no-file", message, reader.document.span((*path, key)), suggest(name_, sources)
            )
    args = reader.fields(entry.get("args") or {}, (*path, "args"))
    if kind == "process" and "returns" in entry:
        message = "a process endpoint returns the id of the instance, a text"
        reader.findings.add("manifest-schema", message, reader.document.span((*path, "returns")), "remove `returns`")
    returns = reader.type(entry["returns"], (*path, "returns")) if "returns" in entry else ir.ANY
    endpoint = ir.Endpoint(name, args, returns, f"endpoint {name}", span=span)
    senders = tuple((entry.get("senders") or {}).items())
    return EndpointSource(endpoint, kind, file, "args" not in entry, entry.get("refund", ""), senders)


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ALIASES = {"string": "text", "boolean": "bool", "integer": "int", "object": "record"}


@dataclass
class _TypeReader:
    """Reads the manifest's type notation: `number`, `text?`, `list<Message>`, `{enum: [A, B]}`."""

    document: Document
    findings: Diagnostics
    declared: frozenset[str]

    def fields(self, entries: dict[str, Any], path: Path) -> tuple[ir.Field, ...]:
        return tuple(
            ir.Field(name, self.type(notation, (*path, name)), span=self.document.span((*path, name)))
            for name, notation in entries.items()
        )

    def type(self, notation: Any, path: Path) -> ir.Type:
        if isinstance(notation, dict):
            return ir.Enum(tuple(notation["enum"]))
        return self._text(notation, path)

    def _text(self, notation: str, path: Path) -> ir.Type:
        if notation.endswith("?"):
            return ir.Optional(self._text(notation[:-1], path))
        if notation.startswith("list<") and notation.endswith(">"):
            return ir.ListOf(self._text(notation[5:-1], path))
        if notation == "list":
            return ir.ListOf(ir.ANY)
        name = _ALIASES.get(notation, notation)
        scalar = ir.SCALARS.get(name)
        if scalar is not None and scalar not in (ir.NULL, ir.SESSION):
            return scalar
        if name in self.declared:
            return ir.Ref(name)
        known = [*(set(ir.SCALARS) - {"null", "session"}), "list", *self.declared]
        self.findings.add("unknown-type", f"unknown type `{notation}`", self.document.span(path), suggest(name, known))
        return ir.ANY


def _check_schema(document: Document, findings: Diagnostics) -> None:
    """Every violation of the JSON Schema, each at its place, in the words of a person."""
    validator = jsonschema.Draft202012Validator(schema())
    for problem in sorted(validator.iter_errors(document.data), key=lambda p: [str(part) for part in p.absolute_path]):
        path: Path = tuple(problem.absolute_path)
        hint = None
        if problem.validator == "additionalProperties" and isinstance(problem.instance, dict):
            known = list(problem.schema.get("properties", {}))
            unknown = sorted(set(problem.instance) - set(known))
            message = f"unknown key `{unknown[0]}`" if unknown else problem.message
            hint = suggest(unknown[0], known) if unknown else None
            path = (*path, *unknown[:1])
        elif problem.validator == "required":
            missing = next(name for name in problem.validator_value if name not in problem.instance)
            message = f"the key `{missing}` is missing"
        elif problem.validator == "maxProperties" and path:
            message = f"`{path[-1]}` cannot be declared in this version"
        elif problem.validator == "oneOf" and path and path[0] == "endpoints" and len(path) == 2:
            message = f"the endpoint `{path[-1]}` needs exactly one of `script`, `rules` and `process`"
        elif problem.validator == "enum":
            message = f"`{_short(problem.instance)}` is not one of the known values"
            values = [str(value) for value in problem.validator_value]
            hint = suggest(str(problem.instance), values) or f"write one of: {', '.join(values)}"
        else:
            where = ".".join(str(part) for part in path) or "the manifest"
            message = f"`{where}`: `{_short(problem.instance)}` does not fit"
            hint = problem.schema.get("description") if isinstance(problem.schema, dict) else None
        findings.add("manifest-schema", message, document.span(path), hint)


def _short(value: Any) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


_PARAMETER_TYPES: dict[str, tuple[type, ...]] = {
    "number": (int, Decimal),
    "integer": (int,),
    "string": (str,),
    "boolean": (bool,),
    "array": (list,),
}


def _check_parameters(document: Document, findings: Diagnostics) -> None:
    """Defaults fit their types, bounds are in order, required names exist."""
    parameters = document.data.get("parameters") or {}
    properties = parameters.get("properties") or {}
    for index, name in enumerate(parameters.get("required") or ()):
        if name not in properties:
            findings.add(
                "manifest-parameter",
                f"the required parameter `{name}` is not declared",
                document.span(("parameters", "required", index)),
                suggest(name, properties),
            )
    for name, entry in properties.items():
        path: Path = ("parameters", "properties", name)
        if "default" not in entry:
            continue
        value = entry["default"]
        fits = isinstance(value, _PARAMETER_TYPES[entry["type"]]) and (
            entry["type"] == "boolean" or not isinstance(value, bool)
        )
        if fits and entry["type"] in ("number", "integer"):
            fits = entry.get("minimum", value) <= value <= entry.get("maximum", value)
        if fits and "enum" in entry:
            fits = value in entry["enum"]
        if not fits:
            findings.add(
                "manifest-parameter",
                f"the default `{value}` of the parameter `{name}` does not fit its own schema",
                document.span((*path, "default")),
            )
