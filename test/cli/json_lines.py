#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""json_lines.py CISUP DATA: the records that --json prints, and the CSV beside them.

Checks every record of allocate, check, theory, circuits, propagate, capacity, run and --dry-run against
docs/formats.md, that CSV says the same, that numbers which do not exist are null, and
that a seed gives the same bytes on any number of threads.
"""
import csv
import io
import json
import math
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM, DATA = sys.argv[1:3]
SMALL = ["-D", "107", "-S", "3", "-T", "17", "-L", "3", "-K", "3", "-M", "21", "-z", "1,2,5"]
SMALL += ["--threads", "1"]  # faster when other tests run beside this one
ERROR_NUMBERS = ["mse", "mse_lo", "mse_hi", "median", "q99", "worst", "signal"]
THEORIES = ["post", "followup", "refined"]
FAMILIES = ["rotation3", "rotation4", "step2", "random-relu", "identity", "gate"]


def cisup(*arguments, expect=0):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != expect:
        raise AssertionError(f"cisup {arguments}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def refuse(word):
    raise AssertionError(f"{word} in JSON")


def parse(text):
    if text[-1:] != "\n":
        raise AssertionError("the last line has no end")
    return [json.loads(line, parse_constant=refuse) for line in text.splitlines()]


def records(*arguments, expect=0):
    return parse(cisup(*arguments, "--json", expect=expect))


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def csv_value(text):
    """What JSON has for a field of the CSV."""
    if text == "":
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def without_timing(text):
    return [line for line in text.splitlines() if '"record":"timing"' not in line]


TERMS = ["overlap", "propagation", "activation", "weight_correction", "readout_correction",
         "propagation_and_weight_correction"]  # fmt: skip


class Allocate(unittest.TestCase):
    KEYS = [
        "record", "scheme", "N", "S", "circuits", "capacity", "bound", "johnson_bound",
        "ratio", "load_min", "load_max", "load_cv", "P", "p", "evened_out",
        "placed_load_min", "placed_load_max", "placed_load_cv",
    ]  # fmt: skip

    def test_record_agrees_with_the_allocation(self):
        for options in (
            ["-D", 1000],
            ["-D", 120, "-S", 4, "-T", 13, "--scheme", "greedy", "--reflect"],
            ["-D", 77, "-d", 3, "-S", 5, "--scheme", "prime", "--hop", "S-1"],
            ["-D", 60, "-d", 2, "-S", 3, "-T", 20, "--scheme", "random"],
        ):
            (r,) = records("allocate", *options)
            self.assertEqual(list(r), self.KEYS)
            self.assertEqual(r["record"], "allocation")
            load = [0] * r["N"]
            text = cisup("allocate", *options, "-q", "-o", "/dev/stdout")
            comments = [x for x in text.splitlines() if x.startswith("# cisup {")]
            for comment in comments:
                json.loads(comment.removeprefix("# cisup "))
            self.assertEqual(json.loads(comments[0].removeprefix("# cisup "))["T"], r["circuits"])
            self.assertEqual(len(comments), 1 if "--scheme" in options else 2)
            for row in rows("".join(x + "\n" for x in text.splitlines() if x[0] != "#")):
                load[int(row["neuron"])] += 1
            T, S, N = r["circuits"], r["S"], r["N"]
            self.assertEqual(sum(load), T * S)
            self.assertEqual((r["load_min"], r["load_max"]), (min(load), max(load)))
            mean = T * S / N
            cv = math.sqrt(sum((c - mean) ** 2 for c in load) / N) / mean
            self.assertAlmostEqual(r["load_cv"], cv, delta=1e-13)
            P = (sum(c * c for c in load) - T * S) / (T * (T - 1))  # (2.4)
            self.assertAlmostEqual(r["P"], P, delta=1e-15 * max(1, P))
            self.assertAlmostEqual(r["p"], P / S**2, delta=1e-15)
            self.assertEqual(r["bound"], N * (N - 1) // (S * (S - 1)))
            if "random" in options:  # would have to place all of them to know
                self.assertIsNone(r["capacity"])
                self.assertIsNone(r["ratio"])
                continue
            self.assertEqual(r["ratio"], r["capacity"] / r["bound"])
            self.assertLessEqual(T, r["capacity"])
            self.assertLessEqual(r["capacity"], r["johnson_bound"])
            self.assertLessEqual(r["johnson_bound"], r["bound"])

    def test_loads_before_and_after_evening_out(self):
        options = ["-D", 1000, "-T", 557, "--scheme", "ref", "--even-out"]
        (no,), (yes,) = (records("allocate", *options, w) for w in ("no", "yes"))
        (auto,) = records("allocate", *options, "auto")
        self.assertEqual(auto, no)
        self.assertIs(no["evened_out"], False)
        self.assertIs(yes["evened_out"], True)
        for key in ("load_min", "load_max", "load_cv"):
            self.assertEqual(no["placed_" + key], no[key])
            self.assertEqual(yes["placed_" + key], no[key])
        self.assertLess(yes["load_cv"], no["load_cv"])

    def test_csv_says_the_same(self):
        for options in (["-D", 1000], ["-T", 1], ["--scheme", "ref"]):
            (r,) = records("allocate", *options)
            (row,) = rows(cisup("allocate", *options, "--csv", "-"))
            self.assertEqual(list(row), self.KEYS)
            self.assertEqual({key: csv_value(v) for key, v in row.items()}, r)

    def test_overlap_of_one_circuit_does_not_exist(self):
        (r,) = records("allocate", "-T", 1)
        self.assertIsNone(r["P"])
        self.assertIsNone(r["p"])

    def test_dry_run(self):
        (r,) = records("allocate", "--dry-run")
        self.assertEqual(list(r), ["record", "N", "S", "circuits", "capacity", "bytes"])
        self.assertEqual((r["record"], r["N"], r["capacity"]), ("dry-run", 250, 2015))
        self.assertGreaterEqual(r["bytes"], 4 * 2015 * 6)


class Check(unittest.TestCase):
    KEYS = [
        "record", "circuits", "neurons", "redundancy", "pairs", "max_overlap",
        "max_overlap_exact", "holds", "witness", "load_min", "load_max", "load_cv",
        "load_histogram", "format", "base", "transposed", "other_values", "lambda", "index",
        "largest", "seconds",
    ]  # fmt: skip

    PLACED = ["-D", 120, "-S", 4, "--scheme", "ref"]

    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.path = Path(self.scratch.name) / "a.csv"
        cisup("allocate", *self.PLACED, "-q", "-o", self.path)

    def test_record_of_a_good_file(self):
        (r,) = records("check", "-N", 30, self.path)
        (a,) = records("allocate", *self.PLACED)
        self.assertEqual(list(r), self.KEYS)
        self.assertEqual((r["record"], r["circuits"], r["neurons"]), ("check", 25, 30))
        self.assertEqual((r["redundancy"], r["pairs"]), (4, 25 * 4 * 3 // 2))
        self.assertEqual((r["max_overlap"], r["holds"], r["witness"]), (1, True, None))
        self.assertIs(r["max_overlap_exact"], True)
        for key in ("load_min", "load_max", "load_cv"):
            self.assertEqual(r[key], a[key])
        histogram = r["load_histogram"]
        self.assertEqual(histogram, sorted(histogram))
        self.assertEqual(sum(neurons for _, neurons in histogram), 30)
        self.assertEqual(sum(load * neurons for load, neurons in histogram), 100)
        self.assertEqual(histogram[0][0], r["load_min"])
        self.assertEqual(histogram[-1][0], r["load_max"])
        self.assertGreaterEqual(r["seconds"], 0)

    def test_record_of_a_violation(self):
        text = self.path.read_text().replace("\n7,4\n", "\n7,1\n")
        self.path.write_text(text)
        (r,) = records("check", self.path, expect=1)
        self.assertEqual(list(r), self.KEYS)
        self.assertIs(r["holds"], False)
        self.assertEqual(r["witness"], {"circuits": [0, 7], "neurons": [0, 1]})
        self.assertEqual(r["max_overlap"], 2)
        self.assertEqual((r["index"], r["largest"]), (2, {"circuits": [0, 7], "overlap": 2}))

    def test_record_of_columns_that_differ(self):
        text = self.path.read_text().replace("\n7,4\n", "\n")
        self.path.write_text(text)
        (r,) = records("check", self.path, expect=1)
        self.assertEqual(list(r), self.KEYS)
        self.assertIs(r["holds"], False)
        self.assertEqual((r["witness"], r["pairs"], r["max_overlap"]), (None, None, 1))
        self.assertEqual(sum(neurons for _, neurons in r["load_histogram"]), r["neurons"])


class Theory(unittest.TestCase):
    HEAD = ["record", "schema", "version", "params", "N", "even", "actual"]
    COMMON = [
        "record", "kind", "name", "source", "equation", "claim", "range", "value", "valid", "binds",
    ]  # fmt: skip
    MORE = {
        "figure": ["loads"],
        "error": ["loads", "quantity", "layer", "state"],
        "limit": ["settings", "exceeded"],
        "published": ["statement"],
    }
    CLAIMS = {"exact", "bound", "average", "leading", "asymptotic", "heuristic"}
    SOURCES = {"math.md", "[CIS2]", "[ROT]", "[Welch]", "[UAND]", "[CNC]", "[LRF]"}
    SOURCES |= {"[BB]", "[GKP]"}
    # Statements that are about shapes of some kind only.
    MEANT = {"threshold-active", "linear-error", "union"}

    def by_kind(self, *options):
        head, *lines = records("theory", *options)
        self.assertEqual((head["record"], list(head)), ("shape", self.HEAD))
        found = {"shape": [head], **{kind: [] for kind in self.MORE}}
        for r in lines:
            self.assertEqual(r["record"], "theory")
            self.assertEqual(list(r), self.COMMON + self.MORE[r["kind"]])
            found[r["kind"]].append(r)
        return found

    def test_fields(self):
        references = (Path(DATA).parent / "docs" / "references.md").read_text()
        for scheme in ([], ["--scheme", "greedy"]):
            found = self.by_kind("-L", 3, "--budget", 0.3, *scheme)
            loads = {"even", "actual"} if scheme else {"even"}
            for kind in self.MORE:
                self.assertTrue(found[kind])
                for r in found[kind]:
                    self.assertIn(r["claim"], self.CLAIMS)
                    self.assertIn(r["source"], self.SOURCES)
                    self.assertTrue(r["source"] == "math.md" or f"**{r['source']}**" in references)
                    self.assertEqual(
                        r["valid"] is None, kind == "published" and r["name"] not in self.MEANT
                    )
                    self.assertTrue(kind == "limit" or r["binds"] == [])
                if kind in ("figure", "error"):
                    self.assertEqual({r["loads"] for r in found[kind]}, loads)
            errors = found["error"]
            self.assertEqual({r["layer"] for r in errors}, {1, 2, 3})
            self.assertEqual({r["state"] for r in errors}, {"active", "inactive"})
            (head,) = found["shape"]
            self.assertEqual(head["actual"] is None, not scheme)
            self.assertEqual(head["params"]["budget"], 0.3)

    def test_masks_come_last_and_bind_nothing(self):
        plain = records("theory", "-L", 2, "--budget", 0.3)
        both = records("theory", "-L", 2, "--budget", 0.3, "--construction", "masks")
        self.assertEqual(both[: len(plain)], plain)
        for r in both[len(plain) :]:
            self.assertTrue(r["name"].startswith("masks_"))
            self.assertEqual((r["binds"], r.get("settings", [])), ([], []))
            self.assertEqual(r.get("loads", "masks"), "masks")
        errors = [r for r in both[len(plain) :] if r["kind"] == "error"]
        self.assertEqual({r["value"] for r in errors if r["state"] == "active"}, {0})

    def figures(self, found, loads):
        return {r["name"]: r["value"] for r in found["figure"] if r["loads"] == loads}

    def test_actual_loads_are_those_of_allocate(self):
        shape = ["-D", 400, "-S", 5, "-T", 90, "--scheme", "best"]
        (a,) = records("allocate", *shape)
        found = self.by_kind(*shape)
        (head,) = found["shape"]
        self.assertEqual((head["actual"]["P"], head["actual"]["p"]), (a["P"], a["p"]))
        self.assertEqual(self.figures(found, "actual")["overlap"], a["P"])
        (scheme,) = [r for r in found["limit"] if r["name"] == "scheme"]
        self.assertEqual((scheme["name"], scheme["value"]), ("scheme", a["capacity"]))

    def test_predictions_are_those_of_propagate(self):
        shape = ["-D", 400, "-S", 5, "-T", 90, "-L", 3, "-z", 2, "--margin", 0.75]
        shape += ["--scheme", "ref"]
        run = records("propagate", *shape, "-K", 1, "-M", 1, "--threads", 1)
        found = self.by_kind(*shape)
        self.assertEqual(run[0]["g"][0], self.figures(found, "actual")["feedback"])
        # kappa of layer 2 alone, of the same network: both layers' mean differs a little.
        self.assertEqual(run[0]["kappa"][0], found["shape"][0]["actual"]["kappa"])
        theory = {
            (r["layer"], r["state"]): r["theory"]["followup"]
            for r in run
            if r["record"] == "error" and r["quantity"] == "x"
        }
        ours = {
            (r["layer"], r["state"]): r["value"]
            for r in found["error"]
            if r["loads"] == "actual" and r["name"] == "followup"
        }
        self.assertEqual(ours, theory)

    def test_refined_errors_follow_the_recursion(self):
        """(9.4), (9.5) and p, kappa, rho' of even loads, written down again."""
        N, S, T, z, b = 250, 6, 557, 3, 0.5
        p = T / (T - 1) * (1 / N - 1 / (S * T))
        P, H = p * S * S, 2 * (1 + b) ** 2
        kappa = math.exp(T * P * P / S**2 + 2 * P / S) - 1
        rho = 1 - math.exp(-T * P * P / S**2)
        ke = rho * (1 - rho) * (1 + kappa) ** 2
        e = q = 0
        want = {}
        for l in range(1, 5):
            nu = (z - 1) * p + (z - 1) * (z - 2) * P * P / S**2
            if l > 1:
                nu = (z - 1) * (p + ke / S**2) + (z - 1) ** 2 * P * P / S**2
            coh = 1 if l < 3 else 1 + 2 * P + 2 * (l - 3) * P * P
            s = 1 + e + S * ((T - z) * p * q + H * (z - 1) * (p / 2 + (l > 1) * ke / S**2))
            e = e + coh * (T - z) * p * q + (z - 1) * p * (1 + e) + H * nu
            q = z * p * s
            want["refined", l, "active"], want["refined", l, "inactive"] = e, q
            want["on", l, "active"] = 0
            want["on", l, "inactive"] = (
                z * p + z * (z - 1) * P * P / S**2 - 1.5 * z * (z - 1) * P / (S * N)
            )
        found = self.by_kind("-z", z, "-L", 4, "--margin", b)
        got = {(r["name"], r["layer"], r["state"]): r["value"] for r in found["error"]}
        for key, value in want.items():
            self.assertAlmostEqual(got[key], value, delta=1e-13 * value, msg=key)

    def test_what_is_not_limited_is_null(self):
        limits = self.by_kind("-S", 1, "-L", 1, "--budget", 0.1)["limit"]
        T = {r["name"]: r["value"] for r in limits}
        self.assertIsNone(T["packing"])
        self.assertIsNone(T["recursion"])
        self.assertGreater(T["feedback"], 0)

    def test_without_a_budget_limits_by_errors_are_left_out(self):
        names = {r["name"] for r in self.by_kind()["limit"]}
        self.assertNotIn("recursion", names)
        self.assertIn("closed", names)

    def test_binding_is_the_smallest_within_its_range(self):
        for options in (["--budget", 0.2], ["-z", 3], ["--budget", 1e-3, "-T", "max", "--scheme", "td"]):
            limits = self.by_kind(*options)["limit"]
            for setting in ("general", "rotation", "plain"):
                of = [r for r in limits if setting in r["settings"] and r["valid"]]
                smallest = min(r["value"] for r in of if r["value"] is not None)
                (binding,) = [r for r in limits if setting in r["binds"]]
                self.assertEqual(binding["value"], smallest)


class Claims(unittest.TestCase):
    ENTRY = ["record", "id", "name", "claim", "source", "equation"]
    KEYS = ENTRY + [
        "part", "relation", "prediction", "measured", "lo", "hi", "ratio",
        "verdict", "within", "where", "seconds",
    ]  # fmt: skip

    def test_list(self):
        found = records("claims", "--list")
        self.assertEqual([r["id"] for r in found], list(range(1, len(found) + 1)))
        for r in found:
            self.assertEqual(list(r), self.ENTRY)

    def test_fields(self):
        head, *found = records("claims", "--only", "2,7,21", "-K", 3, "-M", 9, "--seed", 5)
        self.assertEqual(head["schema"], "cisup.claims/1")
        self.assertEqual(head["params"]["networks"], 3)
        self.assertEqual(head["params"]["samples"], 9)
        self.assertEqual(head["params"]["seed"], 5)
        self.assertEqual({r["id"] for r in found}, {2, 7, 21})
        for r in found:
            self.assertEqual(list(r), self.KEYS)
            self.assertIn(r["relation"], ["exactly", "at most", "at least", "equal"])
            self.assertIn(r["verdict"], ["holds", "within", "fails"])
            self.assertEqual(r["within"] is None, r["verdict"] != "within")
            self.assertLessEqual(r["lo"], r["measured"])
            self.assertGreaterEqual(r["hi"], r["measured"])
            if r["prediction"]:
                self.assertAlmostEqual(r["ratio"], r["prediction"] / r["measured"], delta=1e-9)
            else:
                self.assertIsNone(r["ratio"])

    def test_quick_is_smaller_and_overruled(self):
        params = records("claims", "--quick", "--only", 2)[0]["params"]
        self.assertEqual((params["networks"], params["samples"]), (20, 100))
        params = records("claims", "--quick", "--only", 2, "-K", 2, "-M", 3)[0]["params"]
        self.assertEqual((params["networks"], params["samples"]), (2, 3))


class Propagate(unittest.TestCase):
    def quantities(self, family):
        no_indicator = family in ("random-relu", "identity")
        if no_indicator:
            return ["readout"]
        return ["readout", "on"] if family == "step2" else ["readout", "on", "x"]

    def check_records(self, lines, z, L, quantities, terms=()):
        """The order and the fields of all records of one shape."""
        run = lines[0]
        self.assertEqual(
            list(run),
            ["record", "schema", "version", "params", "N", "P", "p", "g", "kappa", "kappa_error",
             "networks_done", "engines", "open_shares"],
        )  # fmt: skip
        self.assertEqual((run["record"], run["schema"]), ("run", "cisup.run/1"))
        self.assertEqual(len(run["engines"]), len(z))
        for engine, share in zip(run["engines"], run["open_shares"], strict=True):
            self.assertIn(engine, ("batched", "sparse", "assembled"))
            if share is not None:
                self.assertEqual(run["params"]["engine"], "auto")
                self.assertTrue(0 <= share <= 1)
        params = run["params"]
        self.assertEqual((params["z"], params["L"]), (z, L))
        self.assertEqual(len(run["g"]), len(z))
        self.assertEqual(len(run["kappa"]), L - 1 if params["weights"] == "capped" else 0)
        self.assertEqual(run["N"], params["D"] // params["d"])
        self.assertEqual(run["networks_done"], params["networks"])
        wanted = []
        for k in z:
            for l in range(1, L + 1):
                for state in ("active", "inactive"):
                    wanted += [("error", k, l, state, q) for q in quantities]
            for l in range(1, L + 1):
                for state in ("active", "inactive"):
                    wanted += [("term", k, l, state, t) for t in terms]
            for l in range(1, L + 1):
                wanted += [("open", k, l, i) for i in range(params["d"])]
        found = []
        for r in lines[1:-1]:
            if r["record"] == "error":
                self.assertEqual(
                    list(r),
                    ["record", "z", "layer", "state", "quantity", *ERROR_NUMBERS, "theory"],
                )
                self.assertEqual(list(r["theory"]), THEORIES)
                found.append(("error", r["z"], r["layer"], r["state"], r["quantity"]))
            elif r["record"] == "term":
                self.assertEqual(
                    list(r),
                    ["record", "z", "layer", "state", "term", "mean_square", "lo", "hi",
                     "correlation_with_total", "residual"],
                )  # fmt: skip
                found.append(("term", r["z"], r["layer"], r["state"], r["term"]))
            else:
                self.assertEqual(
                    list(r), ["record", "z", "layer", "block", "fraction", "wrong_fraction"]
                )
                found.append((r["record"], r["z"], r["layer"], r["block"]))
        self.assertEqual(found, wanted)
        timing = lines[-1]
        self.assertEqual(list(timing), ["record", "build_s", "run_s", "peak_bytes"])
        self.assertEqual(timing["record"], "timing")
        self.assertGreaterEqual(min(timing["build_s"], timing["run_s"]), 0)
        self.assertGreater(timing["peak_bytes"], 1000000)

    def check_numbers(self, lines):
        for r in lines:
            if r["record"] == "error" and r["mse"] is not None:
                self.assertGreaterEqual(r["mse"], 0)
                if r["mse_lo"] is not None:
                    self.assertLessEqual(r["mse_lo"], r["mse"])
                    self.assertLessEqual(r["mse"], r["mse_hi"])
                self.assertLessEqual(r["median"], r["q99"])
                self.assertGreaterEqual(r["worst"] ** 2 * 1.000001, r["mse"])
            if r["record"] == "open":
                self.assertTrue(0 <= r["fraction"] <= 1)
                if r["wrong_fraction"] is not None:
                    self.assertTrue(0 <= r["wrong_fraction"] <= 1)

    def test_records_of_every_family(self):
        for family in FAMILIES:
            d = ["-d", 5] if family in ("random-relu", "identity", "gate") else []
            lines = records("propagate", *SMALL, *d, "--family", family)
            self.check_records(lines, [1, 2, 5], 3, self.quantities(family))
            self.check_numbers(lines)
            self.assertEqual(lines[0]["params"]["family"], family)

    def test_records_of_every_scheme_and_mode(self):
        for weights in ("plain", "balanced", "split", "capped"):
            for mode in ("relu", "masked-linear", "masked-relu", "linear"):
                lines = records("propagate", *SMALL, "--weights", weights, "--mode", mode)
                self.check_records(lines, [1, 2, 5], 3, ["readout", "on", "x"])
                self.check_numbers(lines)
                params = lines[0]["params"]
                self.assertEqual((params["weights"], params["mode"]), (weights, mode))

    def test_the_published_network_is_the_preset(self):
        few = ["-K", 2, "-M", 2]
        bare = without_timing(cisup("propagate", "--json", *few))
        named = ["--preset", "published"]
        self.assertEqual(without_timing(cisup("propagate", "--json", *few, *named)), bare)
        params = json.loads(bare[0])["params"]
        sizes = [params[key] for key in "DdTSLz"]
        self.assertEqual(sizes, [1000, 4, 557, 6, 5, [1, 2, 3]])
        self.assertEqual(params["scheme"], "ref")
        for options, scheme in (
            (["-T", 10], "best"),
            (["-T", 10, *named], "ref"),
            (["--scheme", "td", *named], "td"),
            (["-z", 1], "ref"),
        ):
            lines = records("propagate", *few, *options)
            self.assertEqual(lines[0]["params"]["scheme"], scheme)

    def test_terms_of_every_scheme_and_mode(self):
        for weights in ("plain", "balanced", "split", "capped"):
            for mode in ("relu", "masked-linear", "masked-relu", "linear"):
                options = [*SMALL, "--weights", weights, "--mode", mode]
                lines = records("propagate", *options, "--terms")
                self.check_records(lines, [1, 2, 5], 3, ["readout", "on", "x"], TERMS)
                # What is not about terms is the same without them.
                rest = [r for r in lines[1:-1] if r["record"] != "term"]
                plain = records("propagate", *options, "--engine", "batched")
                self.assertIs(lines[0]["params"]["terms"], True)
                self.assertIs(plain[0]["params"]["terms"], False)
                self.assertEqual(rest, plain[1:-1])
                for r in lines:
                    if r["record"] == "term":
                        self.check_term(r, weights)

    def test_terms_add_up_in_every_family(self):
        """Rounding, also where a linear network blows up to a mean square of 1e4."""
        shape = ["-D", 200, "-T", 60, "-S", 3, "-L", 4, "-z", 2, "-K", 2, "-M", 16]
        largest = 0.0
        for family in ("rotation3", "rotation4", "random-relu", "gate"):
            for weights in ("plain", "balanced", "split", "capped"):
                for mode in ("relu", "masked-linear", "masked-relu", "linear"):
                    options = ["--family", family, "--weights", weights, "--mode", mode]
                    lines = records("propagate", *shape, *options, "--threads", 1, "--terms")
                    terms = [r for r in lines if r["record"] == "term"]
                    self.assertEqual(len(terms), 4 * 2 * len(TERMS))
                    self.assertGreater(terms[0]["residual"], 0)
                    largest = max(largest, terms[0]["residual"])
        self.assertLess(largest, 1e-12)

    def check_term(self, r, weights):
        self.assertLess(r["residual"], 1e-12)
        self.assertLessEqual(abs(r["correlation_with_total"] or 0), 1 + 1e-9)
        is_absent = (
            (r["layer"] == 1 and r["term"] not in ("overlap", "activation", "readout_correction"))
            or (r["term"] == "weight_correction" and weights == "plain")
            or (r["term"] == "readout_correction" and weights in ("plain", "capped"))
        )
        if is_absent:
            self.assertEqual((r["mean_square"], r["correlation_with_total"]), (0, None))
        elif r["mean_square"] is not None:
            self.assertLessEqual(r["lo"], r["mean_square"])
            self.assertLessEqual(r["mean_square"], r["hi"])

    def test_worst_circuits(self):
        options = ["-D", 203, "-S", 4, "-T", 60, "-L", 3, "-K", 3, "-M", 21, "-z", "1,3"]
        lines = records("propagate", *options, "--worst", 6)
        rest = [r for r in lines[1:-1] if r["record"] != "worst"]
        plain = records("propagate", *options, "--engine", "batched")
        self.assertEqual((lines[0]["params"]["worst"], plain[0]["params"]["worst"]), (6, 0))
        self.assertEqual(rest, plain[1:-1])
        worst = [r for r in lines if r["record"] == "worst"]
        self.assertEqual([(r["z"], r["rank"]) for r in worst],
                         [(z, k) for z in (1, 3) for k in range(1, 7)])  # fmt: skip
        for r in worst:
            self.assertEqual(
                list(r),
                ["record", "z", "rank", "network", "circuit", "mse", "mse_active",
                 "mse_inactive", "times_active", "neighbours", "neurons"],
            )  # fmt: skip
            self.assertEqual(r["mse_active"] is None, r["times_active"] == 0)
            self.assertTrue(0 <= r["network"] < 3 and 0 <= r["circuit"] < 60)
            self.assertEqual(len(r["neurons"]), 4)
            for name, fields in (("neighbours", ["circuit", "neuron", "mean_square"]),
                                 ("neurons", ["neuron", "mean_square"])):  # fmt: skip
                sizes = [x["mean_square"] for x in r[name]]
                self.assertEqual(sizes, sorted(sizes, reverse=True))
                for x in r[name]:
                    self.assertEqual(list(x), fields)
            mine = {x["neuron"] for x in r["neurons"]}
            self.assertLessEqual({x["neuron"] for x in r["neighbours"]}, mine)
        for z in (1, 3):
            sizes = [r["mse"] for r in worst if r["z"] == z]
            self.assertEqual(sizes, sorted(sizes, reverse=True))

    def test_circuits_are_left_out(self):
        options = ["-D", 203, "-S", 4, "-T", 60, "-L", 3, "-K", 3, "-M", 21, "-z", 2]
        worst = [r for r in records("propagate", *options, "--worst", 60) if "rank" in r]
        lines = records("propagate", *options, "--exclude", 5)
        self.assertEqual(lines[0]["params"]["exclude"], "5")
        found = 0
        self.assertEqual([list(r) for r in lines[1:4]], 3 * [["record", "network", "circuits"]])
        for network, r in enumerate(lines[1:4]):
            bad = [w["circuit"] for w in worst if w["network"] == network][:5]
            self.assertEqual((r["record"], r["network"]), ("excluded", network))
            # The list over all networks may hold fewer of one.
            self.assertLessEqual(set(bad), set(r["circuits"]))
            found += len(bad)
        self.assertGreater(found, 5)
        self.check_records([lines[0], *lines[4:]], [2], 3, ["readout", "on", "x"])
        # Active circuits hear the noise of fewer others without a third of them.
        error = [
            r["mse"] for out in ([], ["--exclude", 20])
            for r in records("propagate", *options, *out) if r["record"] == "error"
            and (r["layer"], r["state"], r["quantity"]) == (3, "active", "readout")
        ]  # fmt: skip
        self.assertLess(error[1], error[0])
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "out.csv"
            path.write_text("circuit\n7\n2\n")
            some = records("propagate", *options, "--exclude", path, "--worst", 58)
            self.assertEqual(some[0]["params"]["exclude"], str(path))
            self.assertEqual(some[1], {"record": "excluded", "network": None, "circuits": [2, 7]})
            ranked = [r for r in some if r["record"] == "worst"]
            self.assertFalse({2, 7} & {r["circuit"] for r in ranked})
            seen = [n["circuit"] for r in ranked for n in r["neighbours"]]
            self.assertFalse({2, 7} & set(seen))
            for threads in (1, 3):
                again = cisup("propagate", *options, "--exclude", 5, "--worst", 4,
                              "--threads", threads, "--json")  # fmt: skip
                if threads == 1:
                    first = without_timing(again)
                self.assertEqual(without_timing(again), first)

    def test_parameters_are_those_asked_for(self):
        options = [
            "-D", 100, "-d", 3, "-T", 6, "-S", 4, "-z", 2, "-L", 2, "-K", 2, "-M", 4,
            "--scheme", "greedy", "--hop", "S-1", "--reflect", "--keep-order", "--family",
            "rotation3", "--margin", 0.75, "--fresh", "--weights", "capped", "--kappa",
            "rows", "--w-correction", 1.25, "--mode", "masked-relu",
            "--engine", "assembled", "--seed", 9223372036854775807,
        ]  # fmt: skip
        self.assertEqual(
            records("propagate", *options)[0]["params"],
            {
                "D": 100, "d": 3, "T": 6, "S": 4, "z": [2], "L": 2, "networks": 2,
                "samples": 4, "scheme": "greedy", "hop": "S-1", "reflect": True,
                "even_out": "auto", "effort": 0.0,
                "reshuffle": False, "family": "rotation3", "margin": 0.75, "fresh": True,
                "weights": "capped", "kappa": "rows", "w_correction": 1.25,
                "center": None, "mode": "masked-relu", "engine": "assembled",
                "seed": 9223372036854775807, "implicit": False, "precision": "double",
                "terms": False, "worst": 0,
            },
        )  # fmt: skip

    def test_a_grid_repeats_the_records(self):
        lines = records(
            "propagate", "-D", "60,80", "-S", 3, "-T", "4:8:4", "-L", 2, "-K", 2, "-M", 3, "-z", 2
        )
        heads = [k for k, r in enumerate(lines) if r["record"] == "run"]
        self.assertEqual(len(lines), 4 * heads[1])
        shapes = []
        for k in heads:
            self.check_records(lines[k : k + heads[1]], [2], 2, ["readout", "on", "x"])
            shapes.append((lines[k]["params"]["D"], lines[k]["params"]["T"]))
        self.assertEqual(shapes, [(60, 4), (60, 8), (80, 4), (80, 8)])
        # A point of the grid is what it is alone.
        alone = records(
            "propagate", "-D", 80, "-S", 3, "-T", 4, "-L", 2, "-K", 2, "-M", 3, "-z", 2
        )
        self.assertEqual(alone[:-1], lines[heads[2] : heads[3] - 1])

    ORIGIN = ["construction", "scheme", "weights", "mode", "family", "seed"]

    def test_csv_says_the_same(self):
        for family in ("rotation4", "random-relu", "step2"):
            options = ["propagate", *SMALL, "--family", family]
            lines = records(*options)
            params = lines[0]["params"]
            table = rows(cisup(*options, "--csv", "-"))
            self.assertEqual(
                list(table[0]),
                ["record", "D", "d", "T", "S", "L", "z", "layer", "state", "quantity",
                 *ERROR_NUMBERS, *THEORIES, "block", "fraction", "wrong_fraction",
                 "networks_done", *self.ORIGIN, "version"],
            )  # fmt: skip
            wanted, found = [], []
            for r in lines[1:-1]:
                flat = {**r, **r.get("theory", {})}
                flat.pop("theory", None)
                for key in ("D", "d", "T", "S", "L"):
                    flat[key] = params[key]
                if r["record"] == "error":
                    wanted.append(flat)
            opens = [r for r in lines[1:-1] if r["record"] == "open"]
            for row in table:
                values = {key: csv_value(text) for key, text in row.items()}
                self.assertEqual(values.pop("networks_done"), lines[0]["networks_done"])
                self.assertEqual(row["version"], lines[0]["version"])
                self.assertEqual(values.pop("construction"), "published")
                for key in self.ORIGIN[1:]:
                    self.assertEqual(values.pop(key), params[key])
                values.pop("version")
                if values["record"] == "error":
                    for key in ("block", "fraction", "wrong_fraction"):
                        self.assertIsNone(values.pop(key))
                    found.append(values)
            self.assertEqual(
                [sorted(w.items()) for w in wanted], [sorted(f.items()) for f in found]
            )
            open_rows = [row for row in table if row["record"] == "open"]
            self.assertEqual(len(open_rows), len(opens))
            key = lambda r: (int(r["z"]), int(r["layer"]), int(r["block"]))
            for row, r in zip(sorted(open_rows, key=key), sorted(opens, key=key)):
                for name in r:
                    self.assertEqual(csv_value(row[name]), r[name], name)

    def test_what_does_not_exist_is_null(self):
        one = records("propagate", "-D", 60, "-S", 3, "-T", 5, "-K", 1, "-M", 2, "-z", 5, "-L", 2)
        for r in one[1:-1]:
            if r["record"] == "error":
                self.assertIsNone(r["mse_lo"])  # no interval from a single network
                self.assertIsNone(r["mse_hi"])
                missing = r["state"] == "inactive"  # all circuits are active
                for key in ("mse", "median", "q99", "worst"):
                    self.assertIs(r[key] is None, missing, (key, r))
        alone = records("propagate", "-D", 60, "-S", 3, "-T", 1, "-z", 1, "-K", 2, "-M", 2, "-L", 2)
        self.assertIsNone(alone[0]["P"])
        # Overflow to infinity is no number either.
        wild = cisup(
            "propagate", *SMALL, "--weights", "split", "--center", "1e308", "--json"
        )  # fmt: skip
        parse(wild)
        self.assertIn('"mse":null', wild)

    def test_neither_text_nor_csv_say_nan(self):
        for options in (
            ["-D", 60, "-S", 3, "-T", 1, "-z", 1, "-K", 1, "-M", 1, "-L", 2],
            ["-D", 60, "-S", 3, "-T", 10, "-z", "1,10", "-K", 1, "-M", 2, "-L", 2],
            ["-D", 60, "-S", 15, "-T", 1, "-z", 1, "-K", 2, "-M", 2, "-L", 3],
            [*SMALL, "--weights", "split", "--center", "1e308"],
            [*SMALL, "--w-correction", "1e308"],
            [*SMALL, "--family", "identity", "-d", 1],
        ):
            for form in ([], ["--csv", "-"], ["--json"]):
                text = cisup("propagate", *options, *form).lower()
                self.assertNotIn("nan", text, (options, form))
                # A run that overflowed says so in text and CSV; JSON has null.
                overflows = "1e308" in options and form != ["--json"]
                self.assertEqual(" inf" in text or ",inf," in text, overflows)
        self.assertNotIn("nan", cisup("allocate", "-T", 1).lower())

    def test_dry_run(self):
        plan = records("propagate", *SMALL, "-T", "5,17", "--dry-run")
        self.assertEqual([r["T"] for r in plan], [5, 17])
        for r in plan:
            self.assertEqual(
                list(r), ["record", "D", "d", "T", "S", "L", "N", "bytes", "seconds"]
            )
            self.assertEqual((r["record"], r["D"], r["N"]), ("dry-run", 107, 26))
            self.assertGreater(r["bytes"], 0)
            self.assertGreater(r["seconds"], 0)

    def test_own_circuits_come_with_assumptions(self):
        file = Path(DATA) / "example_circuits.csv"
        own = ["--circuit-file", file, "--gate"]
        lines = records("propagate", "-D", 100, "-S", 3, "-K", 2, "-M", 3, *own)
        self.assertEqual([r["record"] for r in lines[:4]], 4 * ["assumption"])
        self.assertEqual([r["name"] for r in lines[:4]], ["A1", "A2", "A3", "A4"])
        self.assertTrue(all(isinstance(r["holds"], bool) for r in lines[:4]))
        self.check_records(lines[4:], [1], 3, ["readout", "on", "x"])
        params = lines[4]["params"]
        self.assertEqual((params["family"], params["gate"]), ("own", True))
        self.assertEqual((params["circuit_file"], params["input_file"]), (str(file), None))
        self.assertEqual(records("circuits", "--gate", file), lines[:4])


class Determinism(unittest.TestCase):
    OPTIONS = ["propagate", "-D", 203, "-S", 4, "-T", 60, "-L", 3, "-K", 5, "-M", 37, "-z", "1,3"]

    def test_threads_do_not_change_a_byte(self):
        for more in ([], ["--family", "random-relu"], ["--fresh", "--engine", "assembled"],
                     ["--terms"]):  # fmt: skip
            options = [*self.OPTIONS, *more]
            first = cisup(*options, "--threads", 1, "--json")
            table = cisup(*options, "--threads", 1, "--csv", "-")
            for threads in (1, 2, 3, 8):
                again = cisup(*options, "--threads", threads, "--json")
                self.assertEqual(without_timing(again), without_timing(first))
                self.assertEqual(again.count("\n"), first.count("\n"))
            for threads in (1, 2):
                again = cisup(*options, "--threads", threads, "--csv", "-")
                self.assertEqual(again, table)

    def test_only_one_line_is_about_timing(self):
        text = cisup(*self.OPTIONS, "--json")
        self.assertEqual(text.count('"record":"timing"'), 1)
        self.assertTrue(text.splitlines()[-1].startswith('{"record":"timing"'))

    def test_another_seed_differs(self):
        text = {s: cisup(*self.OPTIONS, "--seed", s, "--csv", "-") for s in (0, 1, 2)}
        self.assertEqual(text[1], cisup(*self.OPTIONS, "--csv", "-"))
        self.assertEqual(len(set(text.values())), 3)
        # Seeds that differ in their high bits only are other seeds, too.
        self.assertNotEqual(text[1], cisup(*self.OPTIONS, "--seed", 2**62 + 1, "--csv", "-"))

    def test_a_value_of_z_does_not_depend_on_the_others(self):
        both = records(*self.OPTIONS)
        for z in (1, 3):
            alone = records(*self.OPTIONS, "-z", z)
            mine = [r for r in both if r.get("z") == z]
            self.assertEqual([r for r in alone if r.get("z") == z], mine)


class Capacity(unittest.TestCase):
    OPTIONS = ["-D", 60, "-S", 3, "-L", 3, "-M", 16, "--tolerance", 0.1, "--threads", 1,
               "--construction", "published"]  # fmt: skip
    KEYS = [
        "record", "schema", "version", "params", "N", "placed", "outcome", "T", "T_lo", "T_hi",
        "confidence", "precise", "decided_by", "binds", "slope", "error_at_T", "beyond", "masked", "feedback",
        "theory", "networks", "runs",
    ]  # fmt: skip

    def search(self, *options, expect=0):
        lines = records("capacity", *self.OPTIONS, *options, expect=expect)
        for r in lines:
            if r["record"] != "capacity":
                continue
            self.assertEqual(list(r), self.KEYS)
            self.assertEqual(r["schema"], "cisup.capacity/1")
            self.assertNotIn("T", r["params"])
            self.assertEqual(r["confidence"], r["params"]["confidence"])
            self.assertLessEqual(r["T_lo"], r["T"])
            self.assertLessEqual(r["T"], r["T_hi"])
            self.assertLessEqual(r["T_hi"], r["placed"])
            for error in (r["error_at_T"], r["beyond"]):
                if error is not None:
                    self.assertEqual(list(error), ["T", "value", "lo", "hi"])
                    self.assertLessEqual(error["lo"], error["value"])
                    self.assertLessEqual(error["value"], error["hi"])
        return lines

    def test_found(self):
        (r,) = self.search("-z", 1, "--budget", 0.3)
        self.assertEqual((r["outcome"], r["decided_by"], r["N"]), ("found", "budget", 15))
        self.assertEqual(r["error_at_T"]["T"], r["T"])
        self.assertEqual(r["beyond"]["T"], math.ceil(1.1 * r["T"]))
        self.assertGreater(r["beyond"]["value"], r["error_at_T"]["value"])
        # More than half of the error goes when no closed neuron may open.
        self.assertEqual(r["binds"], "closed-neurons")
        self.assertLess(r["masked"] ** 2, r["error_at_T"]["value"] ** 2 / 2)
        self.assertEqual(list(r["theory"]), ["T", "limit"])
        p = r["params"]
        self.assertEqual((p["z"], p["L"], p["S"], p["scheme"]), (1, 3, 3, "best"))
        self.assertEqual((p["budget"], p["worst"], p["state"]), (0.3, None, "active"))
        self.assertEqual((p["quantity"], p["confidence"], p["samples"]), ("x", 0.95, 16))

    def test_error_at_T_is_what_propagate_measures(self):
        (r,) = self.search("-z", 1, "--budget", 0.3, "--mode", "masked-linear", "--fresh")
        self.assertIsNone(r["masked"])
        options = ["-D", 60, "-S", 3, "-L", 3, "-z", 1, "--mode", "masked-linear", "--fresh"]
        lines = records(
            "propagate", *options, "--scheme", "best", "-T", r["T"], "-K", 100, "-M", 50
        )
        (mse,) = [
            x["mse"] for x in lines
            if x["record"] == "error" and (x["layer"], x["state"], x["quantity"]) == (3, "active", "x")
        ]  # fmt: skip
        self.assertLessEqual(r["error_at_T"]["lo"], math.sqrt(mse))
        self.assertLessEqual(math.sqrt(mse), r["error_at_T"]["hi"])

    def test_allocation_binds(self):
        (r,) = self.search("-z", 2, "--budget", 50)
        self.assertEqual((r["outcome"], r["binds"], r["beyond"]), ("full", "allocation", None))
        self.assertEqual((r["T"], r["T_lo"], r["T_hi"]), 3 * (r["placed"],))

    def test_infeasible(self):
        own = ["--family", "random-relu", "-d", 4, "--mode", "masked-linear"]
        (r,) = self.search("-z", 1, "--budget", 0.001, *own, expect=1)
        self.assertEqual((r["outcome"], r["T"], r["T_lo"]), ("infeasible", 0, 0))
        self.assertIsNone(r["binds"])
        self.assertGreater(r["error_at_T"]["value"], 0.001)  # the best that was met

    def test_two_limits(self):
        one, two = (
            [self.search("-z", 1, *o)[0] for o in (["--budget", 0.3], ["--worst", 0.5])]
        )
        (both,) = self.search("-z", 1, "--budget", 0.3, "--worst", 0.5)
        self.assertEqual(two["decided_by"], "worst")
        self.assertIsNone(two["theory"])
        self.assertGreater(both["runs"], max(one["runs"], two["runs"]))
        self.assertLessEqual(both["T"], min(one["T_hi"], two["T_hi"]))

    def test_best_of_several(self):
        lines = self.search("-z", 1, "--budget", 0.3, "-S", "2,3", "--schemes", "best,ref")
        self.assertEqual([r["record"] for r in lines], 4 * ["capacity"] + ["best"])
        best = max(lines[:4], key=lambda r: r["T"])
        self.assertEqual(
            list(lines[4]),
            ["record", "D", "z", "L", "S", "scheme", "T", "T_lo", "T_hi", "construction", "cycle",
             "mask_codes"],
        )  # fmt: skip
        self.assertEqual(lines[4]["T"], best["T"])
        self.assertEqual(lines[4]["S"], best["params"]["S"])
        self.assertEqual(lines[4]["scheme"], best["params"]["scheme"])

    def test_of_all_networks_the_best_is_named_and_others_are_given_up(self):
        options = ["-D", 200, "-L", 3, "-z", 2, "--budget", "30%", "-M", 16, "--tolerance", 0.1]
        lines = records("capacity", *options, "--threads", 2)
        searches, best = lines[:-1], lines[-1]
        kinds = [(r["params"].get("construction"), r["params"].get("mask_codes")) for r in searches]
        self.assertEqual(set(kinds), {("masks", True), ("masks", False), (None, None)})
        less = [r for r in searches if r["outcome"] == "less"]
        self.assertGreater(len(less), 3)
        for r in less:
            self.assertEqual((r["T"], r["T_lo"], r["error_at_T"], r["binds"]), (0, 0, None, None))
            self.assertLess(r["T_hi"], best["T"])
        self.assertEqual(best["T"], max(r["T"] for r in searches))
        self.assertEqual(best["construction"], "masks")
        # The same, and no more, of what is named.
        (alone,) = records(
            "capacity", *options, "--construction", "masks", "--cycle", best["cycle"],
            "-S", best["S"], *["--mask-codes"] * best["mask_codes"],
        )  # fmt: skip
        self.assertEqual((alone["T"], alone["T_lo"]), (best["T"], best["T_lo"]))

    def test_limits_are_parts_of_the_signal_or_norms(self):
        # States of random circuits grow: a part of the signal is more than that norm.
        own = ["--family", "random-relu", "-d", 4, "-z", 1, "--budget", 0.3]
        part, norm = (self.search(*own, *o)[0] for o in ([], ["--absolute"]))
        self.assertEqual((part["params"]["absolute"], norm["params"]["absolute"]), (False, True))
        self.assertNotEqual(part["error_at_T"]["value"], norm["error_at_T"]["value"])

    def test_threads_do_not_change_a_byte_and_seeds_do(self):
        options = ["capacity", *self.OPTIONS, "-z", 1, "--budget", 0.3, "--json"]
        text = {n: cisup(*options, "--threads", n) for n in (1, 2, 3)}
        self.assertEqual(len(set(text.values())), 1)
        self.assertNotEqual(cisup(*options, "--seed", 2), text[1])

    def test_single_precision_gives_the_same_answer(self):
        options = ["-z", 1, "--budget", 0.3]
        (double,), (single,) = (
            self.search(*options, "--precision", p) for p in ("double", "single")
        )
        self.assertEqual(single["params"].pop("precision"), "single")
        self.assertEqual(double["params"].pop("precision"), "double")
        self.assertEqual(single["params"], double["params"])
        self.assertNotEqual(single["error_at_T"], double["error_at_T"])
        self.assertEqual(single["T"], double["T"])
        self.assertAlmostEqual(
            single["error_at_T"]["value"], double["error_at_T"]["value"], delta=1e-4
        )

    def test_frontier(self):
        options = [*self.OPTIONS[2:], "-z", 1, "--mode", "masked-linear", "--budget", 0.3]
        lines = records("frontier", "--along", "D", "--at", "60,90,120", *options)
        self.assertEqual([r["record"] for r in lines], 3 * ["capacity"] + ["fit"])
        f = lines[-1]
        self.assertEqual(
            list(f),
            ["record", "schema", "x", "scheme", "points", "fitted", "exponent", "lo", "hi",
             "misfit", "theory_exponent", "leading_exponent", "construction", "mask_codes"],
        )  # fmt: skip
        self.assertEqual((f["x"], f["fitted"], f["leading_exponent"]), ("D", 3, 2))
        self.assertTrue(f["lo"] < f["exponent"] < f["hi"])
        for point, r in zip(f["points"], lines):
            self.assertEqual(list(point), ["x", "S", "T", "T_lo", "T_hi", "binds"])
            self.assertEqual(point["x"], r["params"]["D"])
            self.assertEqual((point["T"], point["binds"]), (r["T"], r["binds"]))
        full = records("frontier", "--along", "D", "--at", "60,90", *options, "--budget", 50)
        self.assertEqual((full[-1]["fitted"], full[-1]["exponent"]), (0, None))


class Run(unittest.TestCase):
    NETWORK = {
        "N": 5, "S": 2, "T": 4, "z": 2, "L": 3, "d": 2,
        "base_allocation": [[0, 1], [3, 1], [2, 3], [0, 4]],
        "permutations": [[1, 0, 3, 2], [2, 1, 0, 3]],
        "w": [[[1, -2], [0, 1]], [[2, 0], [0.5, 2]], [[1, 1], [-1, 1]], [[0, 1], [1, 0]]],
        "wbar": [[0.5, 0], [0, 0.25]], "b": [-0.5, 0.25],
        "active": [[0, 1], [2, 1], [3, 0]],
        "input": [[[1, 2], [1, 1]], [[3, 4], [0, 1]], [[-1, 2.385], [0.5, 0.125]]],
    }  # fmt: skip

    def run_network(self, **changes):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "network.json"
            path.write_text(json.dumps({**self.NETWORK, **changes}))
            (r,) = parse(cisup("run", "--weights", path))
            for engine in ("batched", "assembled"):
                (again,) = parse(cisup("run", "--engine", engine, path))
                self.assertEqual(again["circuit_states"], r["circuit_states"])
            return r

    def test_fields_and_sizes(self):
        r = self.run_network(family="by hand")
        self.assertEqual(
            list(r),
            ["record", "family", "scheme", "mode", "N", "S", "T", "z", "L", "d",
             "c_unembed", "kappa", "circuit_states", "A", "readout", "W"],
        )  # fmt: skip
        size = lambda x: [len(x), *size(x[0])] if isinstance(x, list) else []
        self.assertEqual(size(r["circuit_states"]), [4, 3, 2, 2])
        self.assertEqual(size(r["A"]), [4, 3, 10])
        self.assertEqual(size(r["readout"]), [3, 3, 4, 2])
        self.assertEqual(size(r["W"]), [2, 10, 10])
        self.assertEqual(len(r["kappa"]), 2)

    def test_states_are_those_of_the_circuits(self):
        r = self.run_network()
        n = self.NETWORK
        for m, active in enumerate(n["active"]):
            for k, t in enumerate(active):
                a = n["input"][m][k]
                self.assertEqual(r["circuit_states"][0][m][k], a)
                for l in range(1, 4):
                    w, b = n["w"][t], n["b"]
                    a = [max(0.0, w[i][0] * a[0] + w[i][1] * a[1] + b[i]) for i in (0, 1)]
                    self.assertEqual(r["circuit_states"][l][m][k], a)

    def test_activations_follow_from_the_weights(self):
        n = self.NETWORK
        for scheme in ("plain", "balanced", "split", "capped"):
            for mode in ("relu", "linear"):
                r = self.run_network(scheme=scheme, mode=mode, c_unembed=0.125)
                for m in range(3):
                    for l in (1, 2, 3):
                        before = r["A"][l - 1][m]
                        if l > 1:
                            W = r["W"][l - 2]
                            pre = [sum(x * y for x, y in zip(row, before)) for row in W]
                        else:
                            pre = before
                        pre = [x + n["b"][k // 5] for k, x in enumerate(pre)]
                        if mode == "relu":
                            pre = [max(0.0, x) for x in pre]
                        scale = max(map(abs, pre)) + 1
                        for x, y in zip(pre, r["A"][l][m]):
                            self.assertAlmostEqual(x, y, delta=1e-14 * scale)

    def test_readouts_are_means_over_the_slots(self):
        n = self.NETWORK
        for scheme in ("plain", "balanced", "split", "capped"):
            r = self.run_network(scheme=scheme, c_unembed=0.125)
            c = 0.125 if scheme in ("balanced", "split") else 0.0
            self.assertEqual(r["c_unembed"], c)
            order = [[0, 1, 2, 3], *n["permutations"]]
            for l in range(3):
                for m in range(3):
                    for t in range(4):
                        slots = n["base_allocation"][order[l][t]]
                        for i in (0, 1):
                            A = r["A"][l + 1][m][5 * i : 5 * i + 5]
                            inside = sum(A[s] for s in slots)
                            est = inside / 2 - c * (sum(A) - inside)
                            self.assertAlmostEqual(
                                r["readout"][l][m][t][i], est, delta=1e-14 * (1 + sum(A))
                            )


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
