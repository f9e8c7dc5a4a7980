"""Projects: contract archives in folders that the analyst edits. A template is copied before it is changed."""

from __future__ import annotations

import importlib.resources
import re
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cybermiles.dsl.archive.sources import FOLDERS, MANIFEST, TOP_FILES

MAX_TEXT = 1024 * 1024
TEXT_SUFFIXES = frozenset({".yaml", ".yml", ".drl", ".rl", ".js", ".md", ".svg", ".csv", ".txt", ""})
LANGUAGES = {".drl": "drl", ".rl": "drl", ".js": "javascript", ".yaml": "yaml", ".yml": "yaml"}


class ProjectError(Exception):
    """A project or one of its files cannot be used. `code` is stable, `hint` says what to do."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


@dataclass(frozen=True)
class Project:
    """One folder with a `contract.yaml`."""

    root: Path

    @property
    def name(self) -> str:
        return self.root.name

    def files(self) -> list[str]:
        """The archive's files, the manifest first, then in the order of its folders."""
        found = [name for name in TOP_FILES if (self.root / name).is_file()]
        for place in FOLDERS:
            found += sorted(
                file.relative_to(self.root).as_posix()
                for file in (self.root / place).rglob("*")
                if file.is_file() and not file.is_symlink() and not file.name.startswith(".")
            )
        order = {MANIFEST: 0, "rules": 2, "processes": 3, "scripts": 4, "tests": 5, "docs": 6, "images": 7}
        return sorted(found, key=lambda name: (order.get(PurePosixPath(name).parts[0], 1), name))

    def read(self, file: str) -> str:
        """The text of a file."""
        path = self.path(file)
        if path.suffix not in TEXT_SUFFIXES or not path.is_file():
            raise ProjectError("not-a-text", f"`{file}` is not a text of this project")
        if path.stat().st_size > MAX_TEXT:
            raise ProjectError("text-too-large", f"`{file}` is larger than {MAX_TEXT} bytes")
        return path.read_text(encoding="utf-8", errors="replace")

    def write(self, file: str, text: str) -> None:
        """Replaces an existing file in one step, so that a crash leaves the old text or the new one."""
        path = self.path(file)
        if not path.is_file():
            raise ProjectError("no-such-file", f"the project has no file `{file}`")
        if len(text) > MAX_TEXT:
            raise ProjectError("text-too-large", f"`{file}` would be larger than {MAX_TEXT} bytes")
        draft = path.with_name(f".{path.name}.draft")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)

    def sources(self, file: str = "", text: str = "") -> dict[str, bytes]:
        """Path to content of every file; `file` and `text` overlay what is still being typed."""
        found = {name: self.path(name).read_bytes() for name in self.files()}
        if file and self.path(file):
            found[file] = text.encode()
        return dict(sorted(found.items()))

    def path(self, file: str) -> Path:
        """The place of a file, which must be inside the project."""
        parts = PurePosixPath(file).parts
        plain = parts and parts[0] != "/" and ".." not in parts and "\\" not in file and "\0" not in file
        if not plain or (len(parts) == 1 and file not in TOP_FILES) or (len(parts) > 1 and parts[0] not in FOLDERS):
            raise ProjectError("no-such-file", f"`{file[:200]}` is not a place of a project")
        path = self.root / file
        if path.is_symlink() or not path.resolve().is_relative_to(self.root.resolve()):
            raise ProjectError("no-such-file", f"`{file}` leads out of the project")
        return path


def language(file: str) -> str:
    """How the editor highlights a file."""
    return LANGUAGES.get(PurePosixPath(file).suffix, "text")


@dataclass(frozen=True)
class Workspace:
    """The folder that holds the analyst's projects; any other folder can be opened beside them."""

    home: Path

    def projects(self) -> list[Project]:
        """Projects of the workspace, by name."""
        if not self.home.is_dir():
            return []
        return [Project(path) for path in sorted(self.home.iterdir()) if (path / MANIFEST).is_file()]

    def open(self, name: str) -> Project:
        """A project by its name, or any folder by its path."""
        root = Path(name).expanduser() if "/" in name else self.home / name
        if not (root / MANIFEST).is_file():
            raise ProjectError("not-a-project", f"`{root}` has no `{MANIFEST}`", "choose the folder that holds it")
        return Project(root.resolve())

    def copy_template(self, template: str) -> Project:
        """A new project from a shipped template; a taken name gets a number."""
        source = templates().get(template)
        if source is None:
            raise ProjectError("no-such-template", f"no template `{template}`", f"known: {', '.join(templates())}")
        root = self.home / template
        number = 2
        while root.exists():
            root = self.home / f"{template}-{number}"
            number += 1
        draft = self.home / f".{root.name}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(source, draft)
        draft.replace(root)
        return Project(root.resolve())


def templates() -> dict[str, Path]:
    """The shipped templates: name to folder."""
    root = Path(str(importlib.resources.files("cybermiles.catalog") / "templates"))
    return {path.name: path for path in sorted(root.iterdir()) if re.fullmatch(r"[a-z0-9-]+", path.name)}
