"""The `roles:` of `contract.yaml`, checked: addresses that are none, parameters and roles that nobody declared."""

from __future__ import annotations

from typing import Any

from cybermiles.dsl.archive.yaml_source import Document, Path
from cybermiles.dsl.diagnostics import Diagnostics, suggest
from cybermiles.dsl.roles import Role
from cybermiles.platform import KeyFormatError, address_decode


def read_roles(document: Document, findings: Diagnostics) -> tuple[Role, ...]:
    """The roles in the manifest's order; each finding is reported at its own line."""
    entries: dict[str, dict[str, Any]] = document.data.get("roles") or {}
    properties = (document.data.get("parameters") or {}).get("properties") or {}
    for name, entry in entries.items():
        _check_addresses(document, findings, name, entry)
        _check_parameter(document, findings, name, entry, properties)
        _check_parties(document, findings, name, entry, entries)
    _check_cycles(document, findings, entries)
    return tuple(
        Role(
            name,
            tuple(entry.get("addresses") or ()),
            entry.get("parameter", ""),
            entry.get("variable", ""),
            bool(entry.get("starter")),
            entry.get("nominated_by", ""),
            entry.get("endorsed_by", ""),
            tuple(entry.get("may") or ()),
            document.span(("roles", name)),
        )
        for name, entry in entries.items()
    )


def _check_addresses(document: Document, findings: Diagnostics, name: str, entry: dict[str, Any]) -> None:
    for index, address in enumerate(entry.get("addresses") or ()):
        try:
            address_decode(address)
        except KeyFormatError as error:
            path: Path = ("roles", name, "addresses", index)
            message = f"`{address[:80]}` is no address: {error}"
            findings.add("manifest-role", message, document.span(path), "an address is written `cmt1...`")


def _check_parameter(
    document: Document, findings: Diagnostics, name: str, entry: dict[str, Any], properties: dict[str, Any]
) -> None:
    wanted = entry.get("parameter")
    if wanted is None:
        return
    span = document.span(("roles", name, "parameter"))
    if wanted not in properties:
        message = f"the role `{name}` is held by the parameter `{wanted}`, which is not declared"
        findings.add("manifest-role", message, span, suggest(wanted, properties))
        return
    declared = properties[wanted]
    items = declared.get("items") or {}
    if declared["type"] != "string" and not (declared["type"] == "array" and items.get("type") == "string"):
        message = f"the parameter `{wanted}` holds no addresses"
        findings.add("manifest-role", message, span, "its type is `string`, or `array` with items of type `string`")


def _check_parties(
    document: Document, findings: Diagnostics, name: str, entry: dict[str, Any], entries: dict[str, Any]
) -> None:
    for key in ("nominated_by", "endorsed_by"):
        wanted = entry.get(key)
        if wanted is not None and wanted not in entries:
            span = document.span(("roles", name, key))
            findings.add("manifest-role", f"there is no role `{wanted}`", span, suggest(wanted, entries))


def _check_cycles(document: Document, findings: Diagnostics, entries: dict[str, dict[str, Any]]) -> None:
    """A role that only its own holders can give is held by nobody."""
    held = {
        name
        for name, entry in entries.items()
        if any(entry.get(key) for key in ("addresses", "parameter", "variable", "starter"))
    }
    grew = True
    while grew:
        parties = {name: {e[k] for k in ("nominated_by", "endorsed_by") if k in e} for name, e in entries.items()}
        more = {name for name, of in parties.items() if name not in held and of and of <= held}
        held |= more
        grew = bool(more)
    for name in entries:
        if name not in held:
            message = f"nobody can have the role `{name}`"
            hint = "give it `addresses`, `parameter`, `variable`, `starter: true`, or `nominated_by` a held role"
            findings.add("manifest-role", message, document.span(("roles", name)), hint)
