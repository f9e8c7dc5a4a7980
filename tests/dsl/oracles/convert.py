"""DRL to YAML and back on Drools' own test files; for development.

``python -m tests.dsl.oracles.convert REPOSITORY VERDICTS`` takes what ``drl_parse`` takes. Each file that Drools takes
and our parser reads must convert both ways with equal meaning (the converters compare the trees themselves), keep the
words of its comments, and be laid out once and for all by `dsl fmt`, as DRL and as YAML.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

from cybermiles.dsl.convert.from_drl import drl_to_yaml
from cybermiles.dsl.convert.to_drl import yaml_to_drl
from cybermiles.dsl.convert.yaml_format import format_yaml
from cybermiles.dsl.diagnostics import CompileError, CompilerBug, Diagnostics
from cybermiles.dsl.syntax.format import format_source
from cybermiles.dsl.syntax.parser import lex_rules
from tests.dsl.oracles.drl_parse import texts


def verdict(path: str, text: str) -> str:
    """`ok`, `refused` if our parser does not read the file, or what is wrong."""
    try:
        formatted = format_source(path, text, "drl")
    except CompileError:
        return "refused"
    try:
        made = drl_to_yaml(path, text)
        back = yaml_to_drl(path, made)
    except CompilerBug as bug:
        return f"bug: {bug}"
    if format_source(path, formatted, "drl") != formatted or format_yaml(path, made) != made:
        return "layout"
    return "ok" if words(back) == words(text) else "comments"


def words(text: str) -> list[str]:
    """The words of all comments, in any order."""
    comments = lex_rules("x", text, Diagnostics()).comments
    return sorted(word for comment in comments for word in re.findall(r"\w+", comment.text))


def main(repository: Path, table: Path) -> None:
    lines = table.read_text(encoding="utf-8").splitlines()
    files = texts(repository, [line.split("\t")[0] for line in lines if "\tok" in line])
    found = {path: verdict(path, text) for path, text in files.items()}
    print(dict(Counter(what.split(":")[0] for what in found.values())))
    for path, what in found.items():
        if what not in ("ok", "refused"):
            print(path, what)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
