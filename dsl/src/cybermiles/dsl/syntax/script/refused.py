"""What JavaScript has and contract script has not: each is refused by name, with the way to do it here."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "async": ("async functions are", "a contract never waits: what comes later is a process, an event or a schedule"),
    "await": ("`await` is", "a contract never waits: what comes later is a process, an event or a schedule"),
    "yield": ("generators are", "return a list"),
    "with": ("`with` is", "name the object"),
    "import": ("`import` is", "all of the archive's files are at hand: `load_rules(...)`, `start_process(...)`"),
    "export": ("`export` is", "an endpoint is declared in contract.yaml"),
    "debugger": ("`debugger` is", "write `print(...)`; `dsl call` shows what it wrote"),
    "enum": ("`enum` is", "declare it under `types` in contract.yaml, or use texts"),
    "interface": ("interfaces are", "declare the type in contract.yaml"),
    "package": ("`package` is", "leave it out"),
}
"""Words that cannot begin anything: what they are, and a hint."""

RESERVED = frozenset(
    (
        *(
            "break",
            "case",
            "catch",
            "class",
            "const",
            "continue",
            "debugger",
            "default",
            "delete",
            "do",
            "else",
            "enum",
        ),
        *(
            "export",
            "extends",
            "false",
            "finally",
            "for",
            "function",
            "if",
            "import",
            "in",
            "instanceof",
            "new",
            "null",
        ),
        *("return", "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with"),
        *("implements", "interface", "let", "package", "private", "protected", "public", "static", "yield", "await"),
    )
)
"""Names that no variable may have (strict mode)."""
