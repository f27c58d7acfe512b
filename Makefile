# Go is all that `make run` and `make build` need. `make test` installs what its tests lack beside Go (Debian or Ubuntu, as root).

GO            ?= go
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
FUZZTIME      ?= 10s
ADDR          ?= localhost:8080

.DEFAULT_GOAL := help
.PHONY: help run build test tools check unit definitions e2e bench fuzz lint fmt

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## everything on this computer, at http://localhost:8080; ADDR=localhost:9000 for another port
	$(GO) run ./cmd/luvat serve --dev --addr $(ADDR)

build: ## one static binary, ./luvat
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o luvat ./cmd/luvat

test: tools check lint unit definitions e2e ## everything: what has to pass before a change goes in
	@echo 'make test: all of it passed'

tools: ## install what the tests need beside Go: Chromium, Node, pdftotext (Debian or Ubuntu)
	@.ci/tools

check: ## go vet, and whether everything is formatted
	$(GO) vet ./...
	@unformatted=$$(gofmt -l cmd definitions engine forms server); \
	if [ -n "$$unformatted" ]; then echo "gofmt these (make fmt):"; echo "$$unformatted"; exit 1; fi
	$(GO) run ./cmd/luvat fmt --check definitions

unit: ## the tests of the packages, and of the comparison with other engines
	$(GO) test ./...
	cd engine/compare && $(GO) test ./...
	cd server/store/compare && $(GO) test ./...

definitions: ## the shipped definitions: no finding, every scenario as written, every ground both ways
	$(GO) run ./cmd/luvat validate definitions
	$(GO) run ./cmd/luvat test --coverage definitions

e2e: ## the pages in a browser, with and without scripts; installs Chromium and Node when they are missing
	@.ci/tools
	cd server/e2e && npm ci --no-audit --no-fund --silent && node walk.mjs

bench: ## the tables of docs/performance.md: this engine and store, and beside others (PostgreSQL must be installed)
	$(GO) run ./cmd/luvat bench --thorough
	cd engine/compare && $(GO) run .
	cd server/store/compare && $(GO) run .

fuzz: ## every fuzz target for a while; FUZZTIME=1m for longer
	@for pkg in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
	    echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

lint: ## golangci-lint with .golangci.yml; the first time it is built from source, which takes a minute
	@if $(GO) run $(GOLANGCI_LINT) version >/dev/null 2>&1; then \
	  $(GO) run $(GOLANGCI_LINT) run ./... && echo 'lint: nothing found'; \
	else \
	  echo 'lint: NOT RUN, because golangci-lint cannot be fetched here ($(GOLANGCI_LINT))'; \
	fi

fmt: ## format the Go files and the shipped definitions
	gofmt -w cmd definitions engine forms server
	$(GO) run ./cmd/luvat fmt definitions
