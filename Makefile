# The two commands that matter are `make run` and `make test`; the work is done by the scripts they call.
.DEFAULT_GOAL := help
.PHONY: help run dev test fmt lint gen bench

# Handed to `skald serve` by run and dev: make run ARGS="--listen 0.0.0.0:8000"
ARGS ?=

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Build what is missing, start Skald with the demo world, print the address
	@scripts/run.sh $(ARGS)

dev: ## Debug server and Vite's dev server, which reloads on save
	@scripts/dev.sh $(ARGS)

test: ## Everything this machine can prove, with a list of what it skipped
	@scripts/test.sh

fmt: ## Format Rust and TypeScript
	cargo fmt --all
	@scripts/web.sh install
	npm --prefix web run format

lint: ## Clippy and Biome, warnings are errors
	@mkdir -p web/dist
	cargo clippy --workspace --all-targets -- -D warnings
	@scripts/web.sh install
	npm --prefix web run lint

gen: ## Write the API description and the web client's types from the server
	@mkdir -p web/dist
	@scripts/web.sh install
	cargo run -q -p skald -- openapi > web/src/api/openapi.json.new
	mv web/src/api/openapi.json.new web/src/api/openapi.json
	npm --prefix web run gen

bench: ## Benchmarks; they print figures and judge nothing
	@mkdir -p web/dist
	cargo build --release -p skald
	cargo run --release -p skald-bench
