# Every command that people and CI run. `make` alone lists them.

CARGO ?= cargo
DENY := $(or $(shell command -v cargo-deny),target/tools/bin/cargo-deny)
MDBOOK := $(or $(shell command -v mdbook),target/tools/bin/mdbook)
ABOUT := target/tools/bin/cargo-about
CYCLONEDX := target/tools/bin/cargo-cyclonedx
MANIFESTS := $(wildcard crates/*/Cargo.toml) migrations/Cargo.toml

.DEFAULT_GOAL := help
.PHONY: help run build test-server setup test screenshots bench bench-import bench-scale prove-nodes prove-model prove-faults prove-openapi fuzz mutants timing release lint-deploy check lint fmt fmt-check clippy alone rustdoc deny audit docs clean bench-slow

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build, migrate and serve on http://127.0.0.1:8080, with SQLite under data/
	$(CARGO) run -p doorward -- serve

build: ## build the release binary, target/release/doorward
	$(CARGO) build --release -p doorward

test-server: ## build target/release/doorward-test, a doorward for the tests of a product
	$(CARGO) build --release -p doorward-test

setup: ## install what the tests need and do not find: PostgreSQL, Node.js, Chromium; a mail server and nginx under target/
	@tests/install-postgres.sh
	@tests/smtp/install.sh >/dev/null
	@tests/browser/install.sh >/dev/null
	@tests/nodes/install-nginx.sh >/dev/null

test: setup ## run every test, on SQLite, on a PostgreSQL of its own, in a browser, of the JavaScript client, with jose and PyJWT
	$(CARGO) build --workspace --bins
	tests/with-postgres.sh $(CARGO) test --workspace --no-fail-fast
	tests/browser/run.sh
	tests/verify/run.sh
	cd clients/js && npm ci --no-audit --no-fund --loglevel=error && CHROMIUM=$$(../../tests/browser/install.sh) npm test

screenshots: setup ## take the pictures of the pages in docs/images anew
	$(CARGO) build -p doorward
	DOORWARD_SCREENSHOTS=write tests/browser/run.sh screenshots.test.js

bench: ## measure the release binary beside this machine's own limits
	$(CARGO) build --release -p doorward
	$(CARGO) bench -p doorward-tests --bench server

bench-import: setup ## measure the import of 100,000 users into both databases
	$(CARGO) build --release -p doorward
	tests/with-postgres.sh $(CARGO) bench -p doorward-tests --bench server -- --import

prove-nodes: setup ## measure how soon other nodes know what has ended, and whether rotation refuses anyone (8 minutes)
	$(CARGO) build --release -p doorward
	DOORWARD_PROVE_NODES=1 DOORWARD_BIN=$$(realpath $${CARGO_TARGET_DIR:-target}/release/doorward) \
		tests/with-postgres.sh $(CARGO) test -p doorward-tests --test nodes -- proof --nocapture --test-threads=1

prove-openapi: ## try what the OpenAPI document says, with 10,000 requests as nobody and as each role (20 minutes)
	$(CARGO) build --release -p doorward
	$$(tests/openapi/install.sh) tests/openapi/run.py $${CARGO_TARGET_DIR:-target}/release/doorward

fuzz: target/tools/bin/cargo-fuzz ## fuzz each parser of foreign bytes for FUZZ_SECONDS (60), or with FUZZ_RUNS inputs
	fuzz/run.sh

mutants: target/tools/bin/cargo-mutants ## change domain and sign-in in small ways, and see whether a test fails (hours)
	tests/mutants.sh

prove-model: setup ## compare both databases with a model of the server, over traces made up anew (half an hour; TRACES=1000)
	DOORWARD_PROVE_MODEL=$(or $(TRACES),1000) tests/with-postgres.sh \
		$(CARGO) test -p doorward-tests --test api -- model:: --nocapture

prove-faults: setup ## kill -9 among writers, and databases and disks that go and come back, at full length (20 minutes)
	$(CARGO) build --release -p doorward
	DOORWARD_PROVE_FAULTS=1 DOORWARD_BIN=$$(realpath $${CARGO_TARGET_DIR:-target}/release/doorward) \
		tests/with-postgres.sh --durable $(CARGO) test -p doorward-tests --test faults -- --nocapture --test-threads=1

bench-scale: setup ## measure what a million users cost in both databases; wants half an hour and 10 GB for temporary files
	$(CARGO) build --release -p doorward
	tests/with-postgres.sh --durable $(CARGO) bench -p doorward-tests --bench server -- --scale

bench-slow: ## measure what 2,000 slow clients cost those that are not
	$(CARGO) build --release -p doorward
	ulimit -n 8192 && $(CARGO) bench -p doorward-tests --bench server -- --slow

timing: ## measure whether the time of an answer tells which addresses have accounts
	$(CARGO) build --release -p doorward
	$(CARGO) bench -p doorward-tests --bench server -- --timing

check: lint
lint: fmt-check clippy alone rustdoc deny ## everything that CI looks at before the tests

fmt: ## format the code
	$(CARGO) fmt --all

fmt-check:
	$(CARGO) fmt --all --check

clippy:
	$(CARGO) clippy --workspace --all-targets --all-features -- -D warnings

# Built together, crates borrow features from each other; built alone, each must name its own.
alone:
	@for manifest in $(MANIFESTS); do \
		echo "$(CARGO) check --manifest-path $$manifest"; \
		$(CARGO) check --quiet --manifest-path $$manifest || exit 1; \
	done

rustdoc:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps

deny: $(DENY) ## check licences, banned crates and sources
	$(DENY) check bans licenses sources

audit: $(DENY) ## check the dependencies for known vulnerabilities (fetches the database)
	$(DENY) check advisories

release: $(ABOUT) $(CYCLONEDX) ## make dist/: the archive for this machine's target, its bill of materials, checksums
	CARGO=$(CARGO) ABOUT=$(abspath $(ABOUT)) CYCLONEDX=$(abspath $(CYCLONEDX)) deploy/release.sh

lint-deploy: ## look at the Dockerfile, the compose files, the Kubernetes manifests and the unit of systemd
	deploy/lint.sh

docs: rustdoc $(MDBOOK) ## build the book into target/book and the crates' docs into target/doc
	$(MDBOOK) build docs

clean: ## remove what was built
	$(CARGO) clean

target/tools/bin/cargo-deny:
	$(CARGO) install --locked cargo-deny --version 0.20.2 --root target/tools

target/tools/bin/mdbook:
	$(CARGO) install --locked mdbook --version 0.5.4 --root target/tools

$(ABOUT):
	$(CARGO) install --locked cargo-about --version 0.9.3 --features cli --root target/tools

$(CYCLONEDX):
	$(CARGO) install --locked cargo-cyclonedx --version 0.5.9 --root target/tools

target/tools/bin/cargo-fuzz:
	$(CARGO) install --locked cargo-fuzz --version 0.13.1 --root target/tools

target/tools/bin/cargo-mutants:
	$(CARGO) install --locked cargo-mutants --version 27.1.0 --root target/tools
