# Everything that is done to this repository has a target here; `make` alone lists them.
# Nothing but Go is needed to build and test: `go build ./...` and `go test ./...` do without this file.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Tools are pinned in tools/go.mod, apart from go.mod, so that they raise no version of the product.
TOOL := go tool -modfile=tools/go.mod
# buf is the binary that its npm package ships: compiling it takes longer than everything else here.
BUF_VERSION := 1.75.0
OPENAPI_TYPESCRIPT_VERSION := 7.13.0
BUF := .tools/node_modules/.bin/buf
BUF_READY := .tools/buf-$(BUF_VERSION)

# Packages that the race detector slows beyond what a check may take: they start no goroutine, or other processes
# that are built without it, or measure the memory of a server, most of which would be the detector's.
RACE_SKIP := milepost.dev/internal/(rig/(archtest|readmetest|frozen|fault|storm)|reading/(dates|sums))$$

.PHONY: help
help: ## List these targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: build demo demo-cluster live test race bench bench-short fuzz fault fault-short fault-cluster fault-cluster-short soak damages promises storm golden screenshots crawl sheets vendor-web
build: ## Build the binary ./milepost, without symbols.
	go build -trimpath -ldflags "-s -w" -o milepost ./cmd/milepost

demo: ## Load a made-up programme with a year of returns, and show what can be asked about it.
	go run ./cmd/milepost demo

live: ## Play that year on a page that changes as it goes.
	go run ./cmd/milepost demo --live

demo-cluster: ## Run three NATS servers and three nodes on this machine, kill one of each under load, and print what was lost.
	go run ./internal/rig/fault/clustered/demo

test: ## Run the everyday tests; under two minutes.
	go test ./...

race: ## Run the tests under the race detector (needs a C compiler).
	go test -race -timeout 25m $$(go list ./... | grep -vE '$(RACE_SKIP)')

bench: ## Run the Go benchmarks.
	go test -run '^$$' -bench . -benchmem ./...

bench-short: ## Measure what a command costs beside the frozen echo, and fail where it costs more than internal/rig/bench/gates.json allows; half a minute.
	go run ./cmd/milepost bench --short

fuzz: ## Fuzz for a minute in all, divided over every fuzz function there is (FUZZTIME=600 for longer).
	tools/fuzz $(or $(FUZZTIME),60)

fault: ## Put a server through every fault, many times, and keep the counts in docs/faults.tsv; hours (PARALLEL=1 where other programs use the machine). Ended, it goes on the next time.
	go run ./internal/rig/fault/campaign -kills $(or $(KILLS),1000) -cuts $(or $(CUTS),200) -each $(or $(EACH),100) $(if $(PARALLEL),-parallel $(PARALLEL)) -record

fault-short: ## The same for some minutes, and with defects planted that have to be found.
	go test ./internal/rig/fault -count=1 -run TestPlants -plants -v
	go run ./internal/rig/fault/campaign -kills 16 -cuts 9 -each 0

fault-cluster: ## Put a ledger on three NATS servers, with three nodes, through every fault, 30 times each (EACH=5), one world at a time (PARALLEL=4), and keep the counts in docs/faults-cluster.tsv; hours. Ended, it goes on the next time.
	go run ./internal/rig/fault/clustered/campaign -each $(or $(EACH),30) -parallel $(or $(PARALLEL),1) -record

fault-cluster-short: ## The same in about two minutes, four worlds at once: the leader, the writer, the planned moves, a bit in one server, and empty disks, once each.
	go run ./internal/rig/fault/clustered/campaign -each 1 -world 1 -short -strict=false -parallel $(or $(PARALLEL),4)

promises: ## Break each promise of README.md, docs/promises.md and eventstore/DESIGN.md on purpose, and see the test fail that holds it; half an hour. NOTE=1 dates docs/promises.txt.
	go test ./internal/rig/promises -count=1 -timeout 3h -run TestBreaks -breaks -v $(if $(NOTE),-note)

storm: ## Attack a server with 20,000 connections of strangers, and print what those who are known noticed; three minutes.
	go test ./internal/rig/storm -count=1 -v -storm

soak: ## Let people use one server for four hours (SOAK=10m), with an oracle all along: memory, descriptors, goroutines and latency at its start and its end. Ended, it goes on the next time.
	go run ./internal/rig/fault/soak -for $(or $(SOAK),4h)

damages: ## Damage every file of a data directory, 300 times each (DAMAGES=60): server and sweep have to agree; a minute or two.
	MILEPOST_DAMAGES=$(or $(DAMAGES),300) go test ./internal/node -count=1 -timeout 30m -run TestASweepAndAServerAgree

golden: ## Rewrite the expected texts in testdata; read the diff before you commit it.
	go test $$(grep -rlE --include='*_test.go' '\("update",' . | xargs -n1 dirname | sort -u) -update

screenshots: ## Write a picture of every page into ./screenshots (needs Chromium).
	go test ./internal/rig/browsertest -count=1 -screenshots $(CURDIR)/screenshots
	@ls screenshots

sheets: ## Have LibreOffice open a workbook of the pages, and see that its days are days (needs soffice).
	go test ./internal/web/file -count=1 -v -run TestLibreOffice -libreoffice

crawl: ## Follow every number on the pages of the demonstration, of 5,000 milestones and of 200 plans to what it counts; minutes.
	go test ./internal/web -count=1 -v -run TestEveryNumber -far -timeout 30m

crowd: ## Have 200 look at pages, one of them Chromium, while 500 events a second are stated; a minute.
	go test ./internal/rig/browsertest -count=1 -v -run TestABrowserAmongMany -crowd

vendor-web: ## Fetch from npm what internal/web/vendor.json names, and note its digests.
	tools/vendor-web

.PHONY: check lint fmt fmt-check release
release: check ## Check everything, and that every fault was counted with this very code.
	go run ./internal/rig/fault/campaign -release

check: ## Check everything, as CI does.
	tools/check

lint: ## Look for mistakes: vet, staticcheck and formatting.
	go vet ./...
	$(TOOL) staticcheck ./...
	@$(MAKE) fmt-check

fmt: ## Format the Go code and the protos.
	$(TOOL) gofumpt -w $$(git ls-files '*.go' | grep -vE '\.pb\.(gw\.)?go$$')
	@$(MAKE) $(BUF_READY)
	$(BUF) format -w

fmt-check:
	@bad=$$(git ls-files '*.go' | grep -vE '\.pb\.(gw\.)?go$$' | xargs $(TOOL) gofumpt -l); \
	if [ -n "$$bad" ]; then printf 'not formatted (make fmt does it):\n%s\n' "$$bad"; exit 1; fi

.PHONY: proto proto-check proto-freeze
proto: $(BUF_READY) ## Write the Go code of the protos again, and format them.
	$(BUF) format -w
	tools/proto paths
	$(BUF) generate
	go test ./internal/rest -run 'TestOpenAPI$$' -update

proto-check: $(BUF_READY) ## Check that generated code is what the protos say, and that they break no promise.
	$(BUF) format --diff --exit-code
	$(BUF) lint
	tools/proto check $(BUF)

proto-freeze: $(BUF_READY) ## Promise the protos as they are now: keep their image for ever.
	tools/proto freeze $(BUF)

$(BUF_READY):
	npm install --prefix .tools --no-save --no-package-lock --no-audit --no-fund --loglevel=error @bufbuild/buf@$(BUF_VERSION)
	test "$$($(BUF) --version)" = $(BUF_VERSION)
	touch $@

.PHONY: openapi-ready
openapi-ready: ## Fetch openapi-typescript, by which a test reads the OpenAPI document.
	npm install --prefix .tools --no-save --no-package-lock --no-audit --no-fund --loglevel=error @bufbuild/buf@$(BUF_VERSION) openapi-typescript@$(OPENAPI_TYPESCRIPT_VERSION)

.PHONY: clean
clean: ## Remove what was built here; no ledger is touched.
	rm -rf milepost .tools screenshots
	find . -name '*.test' -o -name '*.out' | xargs -r rm -f
