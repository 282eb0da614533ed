#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""package.py BUILD SOURCE: what others build on, installed and then moved elsewhere.

Every public header parses alone in C11 and C++17; strangers' projects in C and C++ build by
pkg-config alone and by CMake alone, and run; the library answers through ctypes; what is
installed names no folder of this machine.
"""
import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BUILD, SOURCE = map(Path, sys.argv[1:3])
CONSUMER = SOURCE / "test" / "consume"
HOLDS = "holds 1"


def run(*command, **more):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **more)
    if done.returncode:
        raise AssertionError(f"{command}\n{done.stdout}{done.stderr}")
    return done.stdout


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp())
        run("cmake", "--install", BUILD, "--prefix", cls.folder / "first")
        (cls.folder / "first").rename(cls.folder / "moved")
        cls.prefix = cls.folder / "moved"
        cls.library = next(cls.prefix.glob("lib*/**/libcisup.so"))
        pkgconfig = next(cls.prefix.glob("**/cisup.pc")).parent
        cls.environment = {**os.environ, "PKG_CONFIG_PATH": str(pkgconfig),
                           "LD_LIBRARY_PATH": str(cls.library.parent)}

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def test_every_header_parses_alone(self):
        include = self.prefix / "include"
        headers = sorted(path.relative_to(include) for path in include.glob("cisup/**/*.h"))
        public = [path for layer in ("core", "sparse", "analysis") for path in (SOURCE / layer).glob("*.h")]
        self.assertEqual(len(headers), len(public) + 1)  # and cisup.h
        self.assertLessEqual(len(public), 45)
        for header in headers:
            text = f"#include <{header}>\nint used;\n"
            for command in (["gcc", "-std=c11", "-x", "c"], ["g++", "-std=c++17", "-x", "c++"]):
                with self.subTest(header=str(header), command=command[0]):
                    run(*command, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
                        f"-I{include}", "-", input=text)

    def flags(self, *more):
        return run("pkg-config", "--cflags", "--libs", *more, "cisup", env=self.environment).split()

    def test_by_pkg_config(self):
        for name, compiler, source, more in (("c", ["gcc"], "consume.c", []),
                                             ("static", ["gcc", "-static"], "consume.c", ["--static"]),
                                             ("cxx", ["g++", "-std=c++17"], "consume.cpp", [])):
            with self.subTest(name=name):
                program = self.folder / name
                if name == "static":  # the archives; what they stand on is shared
                    flags = [flag for flag in self.flags("--static") if flag != "-lcisup"]
                    compiler = ["gcc"]
                else:
                    flags = self.flags()
                run(*compiler, CONSUMER / source, *flags, "-o", program)
                self.assertIn(HOLDS, run(program, env=self.environment))

    def test_by_cmake(self):
        built = self.folder / "by-cmake"
        run("cmake", "-S", CONSUMER, "-B", built, f"-DCMAKE_PREFIX_PATH={self.prefix}")
        run("cmake", "--build", built)
        for program in ("consume", "consume_static", "consume_cxx"):
            self.assertIn(HOLDS, run(built / program))

    def test_by_ctypes(self):
        library = ctypes.CDLL(self.library)
        library.cisup_version.restype = ctypes.c_char_p
        library.cisup_status_text.restype = ctypes.c_char_p
        library.cisup_johnson_bound.restype = ctypes.c_int64
        library.cisup_packing_bound.restype = ctypes.c_int64
        library.cisup_memory_live.restype = ctypes.c_int64
        header = (SOURCE / "core" / "version.h").read_text()
        self.assertIn(f'CISUP_VERSION_TEXT "{library.cisup_version().decode()}"', header)
        # STS(13) has 26 blocks; 14 points have room for as many as J(14, 3) = 28.
        self.assertEqual(library.cisup_johnson_bound(ctypes.c_int64(13), ctypes.c_int64(3)), 26)
        self.assertEqual(library.cisup_packing_bound(ctypes.c_int64(14), ctypes.c_int64(3)), 30)
        self.assertEqual(library.cisup_status_text(0), b"ok")
        # An allocation of its own: N, S, T and a pointer. A wrong size says so and takes nothing.
        allocation = (ctypes.c_int64 * 4)()
        error = ctypes.create_string_buffer(1024)
        sizes = [ctypes.c_int64(n) for n in (4, 5, 1)]
        self.assertNotEqual(library.cisup_allocation_init(allocation, *sizes, error), 0)
        self.assertIn(b"S = 5", error.raw)
        sizes = [ctypes.c_int64(n) for n in (5, 4, 1)]
        self.assertEqual(library.cisup_allocation_init(allocation, *sizes, error), 0)
        self.assertEqual(list(allocation)[:3], [5, 4, 1])
        self.assertEqual(library.cisup_memory_live(), 1)
        library.cisup_allocation_free(allocation)
        self.assertEqual(library.cisup_memory_live(), 0)

    def test_names_no_folder_of_this_machine(self):
        for path in [*self.prefix.glob("**/*.cmake"), *self.prefix.glob("**/*.pc")]:
            text = path.read_text()
            for folder in (BUILD, SOURCE, self.folder / "first", "/usr/lib/x86_64"):
                self.assertNotIn(str(folder), text, path)

    def test_installs_what_explains_it(self):
        documents = self.prefix / "share" / "doc" / "cisup"
        for name in ("LICENSE", "README.md", "docs/math.md", "example/consume.c"):
            self.assertTrue((documents / name).exists(), name)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
