"""YAML rules to DRL: the tokens that the YAML stands for, laid out; comments are kept."""

from __future__ import annotations

from dataclasses import replace

from cybermiles.dsl.archive.yaml_source import load
from cybermiles.dsl.convert.equal import same_items
from cybermiles.dsl.convert.yaml_format import notes
from cybermiles.dsl.diagnostics import CompilerBug, Diagnostics
from cybermiles.dsl.syntax.format import format_lexed
from cybermiles.dsl.syntax.lexer import Comment, Lexed, Token
from cybermiles.dsl.syntax.parser import parse_rules
from cybermiles.dsl.syntax.yaml_rules import YamlItem, read_items


def yaml_to_drl(file: str, text: str) -> str:
    """The rules in DRL; raises CompileError if the YAML has errors."""
    findings = Diagnostics()
    document = load(text.encode("utf-8"), file, findings)
    items = read_items(document, findings)
    findings.check()
    starts = [0]
    for at, character in enumerate(document.source):
        if character == "\n":
            starts.append(at + 1)
    pending = []
    for note in notes(document):
        line = next((n for n, start in enumerate(starts) if start > note.at), len(starts))
        pending += [_Pending(line, words, note.behind) for words in note.lines]
    made = _Layout(pending).run(items)
    again = parse_rules("converted.drl", made, Diagnostics()).items
    if not same_items([item.item for item in items if item.item is not None], again):
        raise CompilerBug(f"converting `{file}` would change its meaning")
    return made


class _Pending:
    """A comment of the YAML text that was not written yet."""

    def __init__(self, line: int, text: str, behind: bool) -> None:
        self.line = line
        self.text = f"//{text}"
        self.behind = behind


class _Layout:
    """Gives each token its line in the DRL text."""

    def __init__(self, pending: list[_Pending]) -> None:
        self.pending = pending
        self.out = Lexed([])
        self.line = 0
        self.column = 1

    def run(self, items: list[YamlItem]) -> str:
        before: object = None
        for item in items:
            kind = item.path[0]
            self._comments_behind(item.tokens[0].line)
            if self.line and (kind == "rules" or kind != before or len(item.pieces) > 3):
                self.line += 1
            before = kind
            self._item(item)
        self._comments(10**9)
        return format_lexed(self.out, "drl")

    def _item(self, item: YamlItem) -> None:
        kept = {id(token) for token in item.tokens}
        for piece in item.pieces:
            if piece.newline or not self.line:
                if piece.tokens:
                    self._comments(piece.tokens[0].line)
                self._next_line()
            base = self.line
            for part, line in piece.parts:
                if isinstance(part, Token) and id(part) not in kept:
                    continue
                if base + line > self.line:
                    self.line, self.column = base + line, 1
                self._put(part)

    def _put(self, part: Token | Comment) -> None:
        self.column += 2
        if isinstance(part, Comment):
            lines = part.text.count("\n")
            self.out.comments.append(Comment(part.text, self.line, self.column, self.line + lines))
        else:
            lines = part.text.count("\n")
            token = replace(part, line=self.line, column=self.column, end_line=self.line + lines)
            self.out.tokens.append(token)
        self.line += lines
        self.column += 1

    def _next_line(self) -> None:
        self.line, self.column = self.line + 1, 1

    def _comments(self, line: int) -> None:
        """Comments above a line of the YAML text; one behind something stays behind it."""
        self._comments_behind(line)
        while self.pending and self.pending[0].line < line:
            self._next_line()
            self._put(Comment(self.pending.pop(0).text, self.line, 0, self.line))

    def _comments_behind(self, line: int) -> None:
        """A comment that ends the current line, if there is one."""
        commented = bool(self.out.comments) and self.out.comments[-1].line == self.line
        if self.line and not commented and self.pending and self.pending[0].behind and self.pending[0].line < line:
            self._put(Comment(self.pending.pop(0).text, self.line, 0, self.line))
