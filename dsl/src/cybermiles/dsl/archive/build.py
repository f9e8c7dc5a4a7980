"""From an archive's files to its module: the manifest names what belongs together, the compiler does the rest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from cybermiles.dsl import ir
from cybermiles.dsl.archive.manifest import EndpointSource, Manifest, read_manifest
from cybermiles.dsl.archive.pack import DEBUG_MAP, MODULE, archive_hash, pack
from cybermiles.dsl.archive.sources import Sources, refusal
from cybermiles.dsl.compiler import Compiled, RulesEndpoint, ScriptEndpoint, Source, Unit, check_module, compile_module
from cybermiles.dsl.diagnostics import CompileError, Diagnostic, Diagnostics
from cybermiles.dsl.passes.processes.endpoints import ProcessEndpoint
from cybermiles.dsl.process_files import PROCESS_SUFFIXES, process_text
from cybermiles.dsl.syntax.rule_file import RULE_SUFFIXES, source_text
from cybermiles.platform import cbor_encode

SCRIPT_SUFFIX = ".js"


@dataclass(frozen=True)
class Archive:
    """A compiled archive. `packed` are the canonical `.sbc` bytes, `hash` their SHA-256."""

    manifest: Manifest
    sources: Sources
    compiled: Compiled
    packed: bytes
    hash: str

    @property
    def module_hash(self) -> bytes:
        """The module's identity on a chain: SHA-256 of its bytes."""
        return hashlib.sha256(self.compiled.code).digest()


def build_archive(sources: Sources) -> Archive:
    """Compiles and packs. Raises CompileError; a packed archive must hold the module that its sources compile to."""
    manifest, unit = read_unit(sources)
    compiled = compile_module(unit)
    unweighed = [d for d in compiled.diagnostics if d.severity == "error" and d.code not in manifest.acknowledge]
    if unweighed:
        raise CompileError(compiled.diagnostics)
    debug_map = cbor_encode(compiled.debug)
    for name, expected in ((MODULE, compiled.code), (DEBUG_MAP, debug_map)):
        if name in sources and sources[name] != expected:
            raise refusal("archive-changed", f"`{name}` is not what the archive's sources compile to", name)
    packed = pack(sources, compiled.code, debug_map)
    return Archive(manifest, sources, compiled, packed, archive_hash(packed))


def check_archive(sources: Sources) -> tuple[Diagnostic, ...]:
    """All diagnostics of an archive's manifest, rules, scripts and processes, errors included; what the manifest
    acknowledges is a warning."""
    try:
        manifest, unit = read_unit(sources)
    except CompileError as refused:
        return tuple(refused.diagnostics)
    weighed = manifest.acknowledge
    return tuple(replace(d, severity="warning") if d.code in weighed else d for d in check_module(unit))


def read_unit(sources: Sources) -> tuple[Manifest, Unit]:
    """What the manifest puts into one module. Raises CompileError."""
    findings = Diagnostics()
    manifest = read_manifest(sources, findings)
    rulesets = {name: [Source(name, _text(sources, name))] for name in sources if _is_rules(name)}
    unit = Unit(
        name=manifest.name,
        version=manifest.version,
        rulesets=rulesets,
        processes=[Source(name, process_text(name, sources[name])) for name in sources if _is_process(name)],
        files={n: _text(sources, n) for n in sources if n.startswith("processes/") and n.endswith(".json")},
        endpoints=[_endpoint(entry, sources, rulesets) for entry in manifest.endpoints if entry.kind != "process"],
        process_endpoints=[_process(entry, sources) for entry in manifest.endpoints if entry.kind == "process"],
        roles=manifest.roles,
        types=manifest.types,
        variables=manifest.variables,
        parameters=manifest.parameters,
        permissions=manifest.permissions,
    )
    return manifest, unit


def _endpoint(
    entry: EndpointSource, sources: Sources, rulesets: dict[str, list[Source]]
) -> ScriptEndpoint | RulesEndpoint:
    if entry.kind == "script":
        return ScriptEndpoint(entry.endpoint, Source(entry.file, _text(sources, entry.file)))
    span = entry.endpoint.span
    if entry.file not in rulesets:
        raise Diagnostics().fail("manifest-no-file", f"`{entry.file}` is not a file of rules", span)
    arguments = entry.endpoint.args
    if len(arguments) != 1 or not isinstance(arguments[0].type, ir.ListOf):
        raise Diagnostics().fail(
            "manifest-schema",
            f"the endpoint `{entry.endpoint.name}` needs one argument, the list of facts",
            span,
            "write `args: {facts: list}`",
        )
    return RulesEndpoint(entry.endpoint, entry.file)


def _process(entry: EndpointSource, sources: Sources) -> ProcessEndpoint:
    made = entry.endpoint
    file = entry.file.partition("#")[0]
    if not _is_process(file):
        message = f"`{file}` is not a file of processes/"
        hint = f"its name ends with {', '.join(PROCESS_SUFFIXES)}"
        raise Diagnostics().fail("manifest-no-file", message, made.span, hint)
    refund = (entry.refund, _text(sources, entry.refund)) if entry.refund else None
    return ProcessEndpoint(
        made.name, entry.file, None if entry.inferred else made.args, refund, entry.senders, made.span
    )


def _is_rules(name: str) -> bool:
    return name.startswith("rules/") and name.endswith(RULE_SUFFIXES)


def _is_process(name: str) -> bool:
    return name.startswith("processes/") and name.endswith(PROCESS_SUFFIXES)


def _text(sources: Sources, name: str) -> str:
    try:
        return source_text(name, sources[name])
    except UnicodeDecodeError as cause:
        raise refusal("syntax", f"`{name}` is not UTF-8 text", name) from cause
