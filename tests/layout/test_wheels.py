"""The wheels install into a clean environment and work there."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RULE = 'rule "r"\nwhen\n  $m : M(a > 1)\nthen\n  $m.b = $m.a * 2\nend\n'


def run(*argv: str | Path, **kwargs: object) -> str:
    environment = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")}
    out = subprocess.run([str(a) for a in argv], capture_output=True, text=True, env=environment, **kwargs)  # type: ignore[call-overload]
    assert out.returncode == 0, out.stdout + out.stderr
    return str(out.stdout)


def test_wheels_work_in_a_clean_environment(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", wheels, ROOT / "platform", ROOT)
    names = sorted(path.name for path in wheels.iterdir())
    assert len(names) == 2
    assert names[0].startswith("cybermiles-") and names[0].endswith("-py3-none-any.whl")
    assert names[1].startswith("cybermiles_platform-") and "-cp311-abi3-" in names[1]

    home = tmp_path / "venv"
    run(sys.executable, "-m", "venv", home)
    run(home / "bin" / "python", "-m", "pip", "install", "-q", *wheels.iterdir())
    rules, facts = tmp_path / "r.drl", tmp_path / "f.json"
    rules.write_text(RULE)
    facts.write_text('[{"$type": "M", "a": 2}]')
    out = run(home / "bin" / "dsl", "eval", rules, "--facts", facts, "--json", cwd=tmp_path)
    assert '"b": "4"' in out
    run(home / "bin" / "python", "-c", "import platform; platform.system()", cwd=tmp_path)
