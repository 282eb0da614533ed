# SPDX-License-Identifier: GPL-3.0-or-later
"""Types hold, and are there for those who use the package."""
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "python"


def mypy(*words, cache, cwd):
    return subprocess.run([sys.executable, "-m", "mypy", f"--cache-dir={cache}", *words], cwd=cwd, capture_output=True,
                          text=True)


def test_the_package_is_typed(tmp_path):
    done = mypy("--config-file=pyproject.toml", cache=tmp_path, cwd=PACKAGE)
    assert done.returncode == 0, done.stdout
    assert (PACKAGE / "cisup/py.typed").exists()


def test_a_user_sees_the_types(tmp_path):
    (tmp_path / "user.py").write_text("import cisup\ncisup.allocate(20, 2, 10).T + 1\ncisup.allocate(S='six')\n")
    done = mypy(f"--config-file={PACKAGE / 'pyproject.toml'}", str(tmp_path / "user.py"), cache=tmp_path, cwd=tmp_path)
    assert "user.py:3" in done.stdout and "user.py:2" not in done.stdout, done.stdout
