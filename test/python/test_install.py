# SPDX-License-Identifier: GPL-3.0-or-later
"""A wheel that pip makes, in a fresh environment, stands alone: library and program are in it."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
SCRIPT = """
import cisup
from pathlib import Path
assert "site-packages" in cisup.__file__, cisup.__file__
assert Path(cisup.program()).parents[1] == Path(cisup.__file__).parent
print(cisup.measure(networks=1, samples=8, z=1).errors.mse.iloc[-1], len(cisup.theory(z=1)) > 50)
"""


def run(*words, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_wheel(tmp_path):
    shutil.copytree(SOURCE / "python", tmp_path / "source/python", ignore=shutil.ignore_patterns("build", "*.egg-info"))
    (tmp_path / "source/core").mkdir()
    shutil.copy(SOURCE / "core/version.h", tmp_path / "source/core")
    run(sys.executable, "-m", "venv", "--system-site-packages", tmp_path / "venv")
    python = tmp_path / "venv/bin/python"
    how = ["--no-build-isolation", "--no-deps", "--no-index", "--disable-pip-version-check"]
    run(python, "-m", "pip", "wheel", *how, "-w", tmp_path, tmp_path / "source/python")
    wheel, = tmp_path.glob("*.whl")
    assert "-cp310-abi3-linux" in wheel.name
    run(python, "-m", "pip", "install", *how, wheel)
    shutil.rmtree(tmp_path / "source")
    alone = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "CISUP_BUILD")}
    installed = run(python, "-c", SCRIPT, env=alone, cwd=tmp_path)
    here = run(sys.executable, "-c", SCRIPT.split("assert")[0] + SCRIPT[SCRIPT.index("print"):])
    assert installed == here and "True" in installed
