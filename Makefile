# MetaTape: 'make run' runs a demo, 'make test' runs the tests. Both install missing libraries.

SWIFT ?= swift
BUILD := $(SWIFT) build -c release
MPI_BUILD := $(SWIFT) build -c release --traits MPI --scratch-path .build-mpi
TEST_FLAGS := -c release -Xswiftc -enable-testing
PYTHON_ENVIRONMENT := .venv
PUBLIC_ENVIRONMENT := .build-public
OUTPUT ?= runs
PREFIX ?= /usr/local
# a separate build, which links the Swift libraries statically and the C libraries dynamically
INSTALLED_BUILD := $(SWIFT) build -c release --scratch-path .build-install --static-swift-stdlib \
  -Xlinker -S
FORMATTED := Package.swift Sources Tests Docs/Examples/Package.swift Docs/Examples/Sources \
  Docs/Examples/Tests Docs/Examples/Navigator Docs/Examples/NavigatorMPI \
  Benchmarks/Package.swift Benchmarks/Benchmarks

.PHONY: run test test-extras build wheel install uninstall install-dependencies install-dependencies-mpi format lint \
  snippets docs tables benchmark benchmark-peers benchmark-scaling public-estimators examples \
  fresh-package clean

## Compares MAML, SG-MRL and the jackknife on a random process; then trains SG-MRL on 2D navigation and draws
## trajectories before and after adaptation.
run: install-dependencies
	$(BUILD) --product metatape
	rm -rf $(OUTPUT)/estimators
	.build/release/metatape train --sweep Docs/Examples/Sweeps/estimators.yaml --output $(OUTPUT)/estimators
	.build/release/metatape report $(OUTPUT)/estimators --output $(OUTPUT)/estimators/report.html \
	  --pictures $(OUTPUT)/estimators
	.build/release/metatape train --preset navigation-2d.quickstart --set training.epochs=150 \
	  --output $(OUTPUT)/quickstart --replace

## Runs all checks: lint, tests, examples, documentation.
test: install-dependencies lint
	Scripts/test.sh

## Installs Open MPI and Python packages and runs the tests that need them.
test-extras: install-dependencies
	Scripts/test.sh --extras

build: install-dependencies
	$(BUILD)

## Builds the Python package: .build-wheel/metatape-….whl, which needs no Swift where it is installed.
wheel: install-dependencies
	Scripts/build-wheel.sh

## Installs the program under PREFIX, as one file, with completions for bash, zsh and fish.
install: install-dependencies
	$(INSTALLED_BUILD) --product metatape
	Scripts/install.sh "$$($(INSTALLED_BUILD) --show-bin-path)/metatape" "$(DESTDIR)$(PREFIX)"

uninstall:
	Scripts/install.sh --remove "$(DESTDIR)$(PREFIX)"

## Installs OpenBLAS, LAPACKE and expat if they are missing.
install-dependencies:
	@Scripts/install-dependencies.sh

## Installs Open MPI too, for builds with the trait MPI.
install-dependencies-mpi:
	@Scripts/install-dependencies.sh mpi

format:
	$(SWIFT) format --in-place --parallel --recursive $(FORMATTED)

lint:
	$(SWIFT) format lint --strict --parallel --recursive $(FORMATTED)
	Scripts/check-snippets.sh

## Copies the code of the compiled files into the pages that show it.
snippets:
	Scripts/check-snippets.sh --update

## Builds the documentation of all modules as static files, with warnings as errors.
docs: install-dependencies
	Scripts/build-docs.sh

## Runs the commands in the documents and writes their output below them.
tables: install-dependencies
	$(BUILD) --product metatape
	$(SWIFT) build --package-path Docs/Examples $(TEST_FLAGS)
	Scripts/update-outputs.sh README.md Docs/Unbiasedness.md Docs/Tutorials/Write-a-policy.md \
	  Docs/Tutorials/Run-and-read-an-experiment.md

## Times operations, policies, estimators, simulator and meta-epochs on this machine, then its peers.
benchmark: install-dependencies
	$(BUILD) --product metatape
	.build/release/metatape doctor
	cd Benchmarks && $(SWIFT) package --disable-sandbox benchmark
	$(MAKE) benchmark-peers

## Compares MetaTape's speed with JAX, PyTorch, MuJoCo and EnvPool in both precisions and writes the tables and claims.
## PEERS="--before PATH" adds an earlier build, PEERS="--smoke" writes nothing.
benchmark-peers: install-dependencies
	$(BUILD) --product metatape
	Benchmarks/Peers/set-up.sh $(PYTHON_ENVIRONMENT)
	$(PYTHON_ENVIRONMENT)/bin/python Benchmarks/Peers/compare.py .build/release/metatape $(PEERS)

## Measures the cost of meta-epochs against their size, threads and processes, and writes tables and plots;
## SCALING="--smoke" writes nothing. Several processes are measured where Open MPI is installed.
benchmark-scaling: install-dependencies
	$(BUILD) --product metatape
	Scripts/python-environment.sh $(PYTHON_ENVIRONMENT)
	$(PYTHON_ENVIRONMENT)/bin/pip install --quiet --requirement Benchmarks/Scaling/requirements.txt
	if Scripts/install-dependencies.sh --has-mpi; then \
	  $(MPI_BUILD) --product metatape && mpi="--mpi-program $$($(MPI_BUILD) --show-bin-path)/metatape"; \
	fi && $(PYTHON_ENVIRONMENT)/bin/python Benchmarks/Scaling/scaling.py .build/release/metatape $$mpi $(SCALING)

## Examines public meta-gradient and policy-gradient packages and writes the tables of Docs/Public-estimators.md.
public-estimators: install-dependencies
	$(BUILD) --product metatape
	Benchmarks/Public/set-up.sh $(PUBLIC_ENVIRONMENT)
	$(PUBLIC_ENVIRONMENT)/bin/python Benchmarks/Public/certify.py .build/release/metatape
	$(PUBLIC_ENVIRONMENT)/bin/python Benchmarks/Public/write-page.py

## Builds and tests the examples, a package that uses MetaTape as a user's package would.
examples: install-dependencies
	$(SWIFT) test --package-path Docs/Examples $(TEST_FLAGS)

## Follows the tutorial 'Write a policy' in an empty folder, with the last commit of this clone.
fresh-package: install-dependencies
	Scripts/fresh-package.sh

clean:
	rm -rf .build .build-docs .build-fresh .build-install .build-wheel $(PUBLIC_ENVIRONMENT) Docs/Examples/.build Benchmarks/.build $(PYTHON_ENVIRONMENT)
