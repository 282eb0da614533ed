# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/python.md and README.md say what happens: their code runs, and `EXPRESSION  # -> TEXT` gives that text."""
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["docs/python.md", "README.md"])
def test_the_code_of_a_page_runs(name):
    names, said = {}, 0
    for block in re.findall(r"```python\n(.*?)```", (SOURCE / name).read_text(), re.S):
        code = ""
        for line in block.splitlines():
            expression, arrow, text = line.partition("# -> ")
            if not arrow:
                code += line + "\n"
                continue
            exec(code, names)
            code, said = "", said + 1
            assert repr(eval(expression, names)) == text, line
        exec(code, names)
    assert said >= 1
