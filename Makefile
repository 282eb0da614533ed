# Thin: every target is one or two commands that can be typed by hand.
BUILD := build
JOBS := $(shell nproc)
FUZZ_SECONDS := 60

.PHONY: all demo check python check-python asan fuzz bench format clean
all: $(BUILD)/CMakeCache.txt
	@cmake --build $(BUILD) -j $(JOBS)

$(BUILD)/CMakeCache.txt:
	@cmake -S . -B $(BUILD) -DCMAKE_BUILD_TYPE=Release

# demo, check, python, asan, fuzz and bench first install the packages that are missing (as root, on
# Debian); .ci/packages lists them.
demo:
	@.ci/install build
	@$(MAKE) --no-print-directory $(BUILD)/CMakeCache.txt
	@cmake --build $(BUILD) -j $(JOBS) --target cisup
	$(BUILD)/apps/cisup propagate

check:
	@.ci/install build check
	@cmake -S . -B $(BUILD)
	@$(MAKE) all
	ctest --test-dir $(BUILD) --output-on-failure -LE slow -j $(JOBS)

# The package in the build tree: PYTHONPATH=build/python; or pip install ./python.
python:
	@.ci/install build python
	@cmake -S . -B $(BUILD)
	@cmake --build $(BUILD) -j $(JOBS) --target cisup_python cisup

check-python:
	@.ci/install build check
	@cmake -S . -B $(BUILD)
	@$(MAKE) all
	ctest --test-dir $(BUILD) --output-on-failure -R '^python_' -j $(JOBS)

asan:
	@.ci/install build check
	@cmake -S . -B build-asan -DCMAKE_BUILD_TYPE=Debug -DCISUP_SANITIZE=ON
	@cmake --build build-asan -j $(JOBS)
	ctest --test-dir build-asan --output-on-failure -LE slow -j $(JOBS)

# Findings: build-fuzz/fuzz. make fuzz FUZZ_SECONDS=600 is longer, a target each.
fuzz:
	@.ci/install build gate
	@cmake -S . -B build-fuzz -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug \
	  -DCISUP_FUZZ=ON -DBUILD_TESTING=OFF
	@cmake --build build-fuzz -j $(JOBS)
	test/fuzz/run build-fuzz $(FUZZ_SECONDS)

bench:
	@.ci/install build check bench
	@cmake -S . -B build-bench -DCMAKE_BUILD_TYPE=Release -DCISUP_BENCH=ON -DBUILD_TESTING=OFF
	@cmake --build build-bench -j $(JOBS)
	build-bench/bench/bench_machine bench/results
	env -u OPENBLAS_CORETYPE build-bench/bench/bench_dense bench/results
	env -u OPENBLAS_CORETYPE build-bench/bench/bench_masks bench/results
	build-bench/bench/bench_assembly bench/results
	OMP_WAIT_POLICY=passive build-bench/bench/bench_check bench/results
	build-bench/bench/bench_growth bench/results
	build-bench/bench/bench_crossover bench/results

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf build build-*
