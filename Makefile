# Thin: every target is one or two commands that can be typed by hand.
BUILD := build
JOBS := $(shell nproc)

.PHONY: all demo check asan bench format clean packages
all: $(BUILD)/CMakeCache.txt
	@cmake --build $(BUILD) -j $(JOBS)

$(BUILD)/CMakeCache.txt:
	@cmake -S . -B $(BUILD) -DCMAKE_BUILD_TYPE=Release

# Installs the packages that are missing (as root, on Debian).
packages:
	@.ci/install

demo: packages
	@$(MAKE) all
	$(BUILD)/apps/cisup propagate

check: packages
	@$(MAKE) all
	ctest --test-dir $(BUILD) --output-on-failure -LE slow -j $(JOBS)

asan: packages
	@cmake -S . -B build-asan -DCMAKE_BUILD_TYPE=Debug -DCISUP_SANITIZE=ON
	@cmake --build build-asan -j $(JOBS)
	ctest --test-dir build-asan --output-on-failure -LE slow -j $(JOBS)

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf build build-*
