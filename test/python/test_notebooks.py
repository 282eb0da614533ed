# SPDX-License-Identifier: GPL-3.0-or-later
"""The notebooks of docs/notebooks run from their beginning to their end, and are kept without outputs."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "docs/notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, tmp_path):
    cells = json.loads(path.read_text())["cells"]
    assert all(cell["cell_type"] == "markdown" or (not cell["outputs"] and cell["execution_count"] is None)
               for cell in cells)
    done = subprocess.run([sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--output-dir", tmp_path,
                           path], capture_output=True, text=True, env={**os.environ, "MPLBACKEND": "agg",
                                                                       "HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr[-3000:]
