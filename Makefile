# Everything a user types. `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help build reproduce depth wide networks cells verify plan test check-long report-test torch-test lint docs bench bench-build install clean

CARGO ?= cargo
PROFILE ?= default
MF := target/debug/mf

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## compile the workspace (target/debug/mf)
	$(CARGO) build --workspace --locked

reproduce: build ## make every table and figure of pipeline.toml, then check the paper's numbers
	$(MF) reproduce --strict --profile $(PROFILE)

depth: build ## the tables of the profile `depth`, which are published in runs/depth, from the networks in data/cells
	$(MF) run --profile depth depth-law exponent-at-one-time exponent-at-one-time-xi depth-against-time
	cp runs/depth/data/tables/depth-law/numbers.json crates/mf/src/commands/trained.json

wide: build ## figure 3 at the paper's width, which is published in runs/wide, from the networks in data/cells
	$(MF) run --profile wide figure-3 band-depth

networks: build ## skip paths up to 200 blocks, which are published in runs/networks, from the networks in data/cells
	$(MF) run --profile networks networks-trained skip-grid-depth skip-grid-int4-depth

cells: build ## copy the trained networks of the default profile into data/cells/default, where CI takes them from
	.ci/cells

verify: build ## check the paper's numbers against the latest results
	$(MF) verify --strict --profile $(PROFILE)

plan: build ## what `make reproduce` would run, and why
	$(MF) plan --profile $(PROFILE)

test: lint ## formatting, lints, documentation, all tests
	$(CARGO) test --workspace --locked

check-long: ## the checks that are too long for CI: everything trained anew, the profile quick, edited copies of the tree (an hour and a half)
	.ci/long

report-test: ## try paper/report.html in a headless Chromium (installed from Debian's packages if it is missing)
	.ci/report

torch-test: build ## try the code that mf init prints with PyTorch (Debian's python3-torch, installed if it is missing)
	.ci/torch

lint: ## rustfmt, clippy and rustdoc, no warnings allowed
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked --quiet

docs: build ## write pipeline.schema.json and docs/commands.md again
	$(MF) schema > pipeline.schema.json
	$(MF) man --markdown > docs/commands.md

bench: ## time everything beside its peers, as ratios (SHORT=1: only see that it runs)
	$(CARGO) bench --locked --profile dev --package mf-core --bench kernels --package mf-fit --bench tradeoff --package mf --bench reproduce --package mf-sim --bench figure_1 --package mf-train --bench training $(if $(SHORT),-- --short)

bench-build: ## time a cold build in a folder of its own, with peak memory
	benches/cold_build.sh

install: ## compile a small, fast mf and put it into ~/.cargo/bin
	$(CARGO) install --path crates/mf --locked

clean: ## remove the results cache and what the build made (figures and tables stay)
	rm -rf .mf
	$(CARGO) clean
