# `make demo` shows the product, `make test` runs everything that CI runs. Both set up what they need.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/headwater
export CARGO_TARGET_DIR ?= $(CACHE)/target
# Drivers are kept between checkouts.
export HEADWATER_DATA_DIR ?= $(CACHE)/data
# mold links several times faster, where it is installed.
MOLD := $(shell command -v mold 2>/dev/null)
ifneq ($(MOLD),)
export RUSTFLAGS ?= -C link-arg=-fuse-ld=mold
endif
HEADWATER := $(CARGO_TARGET_DIR)/release/headwater
XTASK := $(CARGO_TARGET_DIR)/release/xtask
SCALE ?= 1
DEMO_VARS = --vars '{data_scale: $(SCALE)}'

.PHONY: help demo faults scale test bench build driver data lint nextest dbt tools public clean

help:
	@echo "make demo   build Headwater and the reference project, and show where to look"
	@echo "make test   everything that CI runs"
	@echo "make faults  tries each fault of the faulty data set: one table of faults and the tests that find them"
	@echo "make scale SCALE=10  generates, loads and builds; rows, time, memory, and the time in the warehouse and outside"
	@echo "make bench  Headwater against both dbts on generated projects, and docs/performance.md"
	@echo "make public  Headwater against dbt on public projects, which it clones"
	@echo "make build  the release binary only"

build:
	cargo build --release --bins

driver: build
	$(HEADWATER) driver install duckdb

data: build
	@test -s target/raw/manifest.json -a "$$(cat target/raw/.scale 2>/dev/null)" = "$(SCALE)" || { \
	  $(XTASK) generate --scale $(SCALE) --out target/raw && echo "$(SCALE)" > target/raw/.scale; }

demo: driver data
	$(HEADWATER) run-operation load_raw_data $(DEMO_VARS)
	$(HEADWATER) build $(DEMO_VARS) || test $$? -le 1
	$(HEADWATER) --quiet source freshness $(DEMO_VARS)
	$(HEADWATER) --quiet run-operation load_run_artifacts $(DEMO_VARS)
	$(HEADWATER) --quiet run --select tdf edm $(DEMO_VARS)
	@$(HEADWATER) --quiet run-operation print_summary $(DEMO_VARS)
	@echo
	@echo "Where to look:"
	@echo "  target/segmentation.duckdb      the warehouse; ask it with"
	@echo "    $(HEADWATER) show --select cs_scorecard"
	@echo "  target/compiled/segmentation/   the SQL of every model and test"
	@echo "  target/manifest.json            nodes and lineage; target/run_results.json has the outcome of each node"
	@echo "  docs/customer-segmentation.md   what the project computes, and where each rule is written"
	@echo "    $(HEADWATER) ls --select +mart_arr"

# Each fault of the faulty data set alone, and the tests that it turns red.
FAULT_SCALE ?= 0.1
faults: driver
	$(XTASK) faults --scale $(FAULT_SCALE) --out target/faults

# What a build takes at one scale. The data and the warehouse stay under target/scale.
scale: driver
	$(XTASK) scale --scale $(SCALE) --out target/scale

lint:
	cargo fmt --all --check
	cargo clippy --all-targets -- -D warnings

nextest:
	@command -v cargo-nextest >/dev/null || cargo install cargo-nextest --locked

# Python dbt, which the differential tests compare with.
dbt: $(CACHE)/dbt-1.11.16/.done
$(CACHE)/dbt-1.11.16/.done:
	rm -rf $(@D)
	python3 -m venv $(@D)
	$(@D)/bin/pip install -q dbt-core==1.11.16 dbt-duckdb==1.11.1
	touch $@

# Programs that read what Headwater writes. Mermaid's parser needs Node; its tests are skipped without.
tools: $(CACHE)/tools-1/.done $(CACHE)/tools-1/.sqlglot
$(CACHE)/tools-1/.done:
	rm -rf $(@D)
	python3 -m venv $(@D)
	$(@D)/bin/pip install -q networkx==3.6.1 duckdb-cli==1.5.6 dbt-artifacts-parser==0.15.0
	if command -v npm >/dev/null; then \
	  mkdir -p $(@D)/mermaid && npm install --silent --prefix $(@D)/mermaid mermaid@11 jsdom@29 || rm -rf $(@D)/mermaid; fi
	touch $@

$(CACHE)/tools-1/.sqlglot: $(CACHE)/tools-1/.done
	$(@D)/bin/pip install -q sqlglot==30.30.0
	touch $@

test: lint nextest dbt tools
	cargo build --bins
	$(CARGO_TARGET_DIR)/debug/headwater driver install duckdb
	HEADWATER_DBT=$(CACHE)/dbt-1.11.16/bin/dbt HEADWATER_TOOLS_PYTHON=$(CACHE)/tools-1/bin/python \
	HEADWATER_MERMAID=$(CACHE)/tools-1/mermaid HEADWATER_DUCKDB_CLI=$(CACHE)/tools-1/bin/duckdb HEADWATER_CLIENTS=$(CACHE)/clients-1 \
	cargo nextest run --no-fail-fast --run-ignored all

# Takes over an hour, most of it Python dbt's; BENCH="--no-python" leaves that out. One that was stopped goes on behind the last case
# that it finished, as long as the program is the same; BENCH="--anew" begins again.
bench: driver
	$(XTASK) bench --headwater $(HEADWATER) --cache $(CACHE)/bench --out docs/performance.md $(BENCH)

# Public projects in both programs, node for node; needs the network and some time. NAMES="dbt_utils tuva" takes fewer.
public: build $(CACHE)/dbt-adapters-2/.done
	$(HEADWATER) driver install duckdb
	python3 tests/public/compare.py --dbt $(CACHE)/dbt-adapters-2/bin/dbt --headwater $(HEADWATER) \
	  --cache $(CACHE)/public --table $(CACHE)/public/table.md $(NAMES)

# dbt with the adapters of those projects, and the DuckDB that Headwater has.
$(CACHE)/dbt-adapters-2/.done:
	rm -rf $(@D)
	python3 -m venv $(@D)
	$(@D)/bin/pip install -q dbt-core==1.11.16 dbt-duckdb==1.11.1 dbt-postgres==1.11.0 dbt-snowflake==1.11.6 \
	  dbt-bigquery==1.11.3 dbt-redshift==1.11.1 dbt-databricks==1.12.7 duckdb==1.5.6
	touch $@

clean:
	rm -rf target
