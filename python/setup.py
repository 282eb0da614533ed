# SPDX-License-Identifier: GPL-3.0-or-later
"""pip install ./python, beside a build tree ($CISUP_BUILD, else ../build) or an installed library.

Out of a build tree the library and the program are taken along, so that the package stands alone.
"""
import os
import re
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_ext import build_ext

HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ.get("CISUP_BUILD", HERE.parent / "build"))
VERSION = re.search(r'CISUP_VERSION_TEXT "(.*)"', (HERE.parent / "core/version.h").read_text()).group(1)


class BuildExtension(build_ext):
    def run(self):
        super().run()
        library = BUILD / "apps/library/libcisup.so"
        if not library.exists():
            return
        package = Path(self.build_lib) / "cisup"
        (package / "bin").mkdir(parents=True, exist_ok=True)
        shutil.copy(library, package / f"libcisup.so.{'.'.join(VERSION.split('.')[:2])}")
        shutil.copy(BUILD / "apps/cisup", package / "bin")


setup(
    name="cisup",
    version=VERSION,
    description="Circuits in superposition: build, run and measure them",
    license="GPL-3.0-or-later",
    packages=["cisup"],
    package_data={"cisup": ["py.typed", "_cisup.pyi"]},
    python_requires=">=3.10",
    install_requires=["cffi>=1.15", "numpy", "scipy"],
    extras_require={"all": ["pandas", "matplotlib", "torch", "tqdm", "pyyaml"]},
    cffi_modules=["build_cffi.py:ffi"],
    cmdclass={"build_ext": BuildExtension},
    options={"bdist_wheel": {"py_limited_api": "cp310"}},
    zip_safe=False,
)
