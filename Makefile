# Platen: from data to controlled documents. "make help" explains the targets.

GO      ?= go
OUT     ?= out
RECORD  ?= testdata/data/tablet-20p.json
FUZZ    ?= 30s
SOAK    ?= 30m
IMAGE   ?= platen

# Chrome refuses its sandbox to root, so root has to turn it off in so many words.
SANDBOX := $(shell [ "$$(id -u)" = 0 ] && echo --chrome-sandbox=off)

.DEFAULT_GOAL := help
.PHONY: help demo test race isolation chaos build check lint sbom bench bench-diff soak fuzz golden data client verify-external verify-signatures test-pkcs11 docker clean install-run install-test

help: ## show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: install-run build ## install what is missing, render a batch record to out/batch-record.pdf
	@mkdir -p $(OUT)
	bin/platen render --template baseline/batch-record --data $(RECORD) --output $(OUT)/batch-record.pdf \
	  --issued-by "Quality Assurance" --issued-at 2026-03-19T14:05:00+01:00 --status EFFECTIVE --reason "Batch release" \
	  --bucket $(OUT)/bucket $(SANDBOX)
	@echo "The record $(RECORD) satisfied its contract, filled the template baseline/batch-record,"
	@echo "was printed by headless Chromium and is kept in $(OUT)/bucket. Open $(OUT)/batch-record.pdf;"
	@echo "what it was made from stands in $(OUT)/batch-record.manifest.json."

test: install-test check ## install what the tests need, then run all of them
	$(GO) test -timeout 20m ./...

race: install-test ## run all tests with the race detector (needs gcc)
	$(GO) test -race -p 1 -timeout 60m ./...

isolation: install-test ## have 100 tenants make 100,000 requests; nothing of one may reach another
	$(GO) test -run TestIsolation -count=1 -timeout 60m -v ./api -args -isolation=100000

build: ## compile bin/platen
	$(GO) build -trimpath -o bin/platen ./cmd/platen

check: ## format, vet and static analysis
	@test -z "$$(gofmt -l . | tee /dev/stderr)" || { echo "run gofmt -w on the files above"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

lint: check sbom ## check, licences of what we link, and known vulnerabilities (needs the Go vulnerability database)
	$(GO) run ./scripts/licences < bin/platen.cdx.json
	$(GO) tool govulncheck ./...

sbom: ## write the bill of materials of the program to bin/platen.cdx.json (CycloneDX)
	@mkdir -p bin
	$(GO) tool cyclonedx-gomod app -licenses -json -noserial -main ./cmd/platen -output bin/platen.cdx.json .

bench: install-test ## compare with bare Chrome and pdfcpu, measure seals, the service and its fairness, in one run
	$(GO) test -run '^$$' -bench 'Rows|Raymond' -cpu 1 ./templates/handlebars
	$(GO) test -run '^$$' -bench 'Sign$$' ./renderer/sign
	$(GO) run ./renderer/bench

chaos: install-test ## accept 5,000 jobs while the server is killed at random; nothing may be lost
	$(GO) test -tags chaos -run Chaos -timeout 60m -v ./cmd/platen

bench-diff: install-test ## compare PDFs of some 500 pages, and count what others find of the seeded changes
	$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 30m ./diff

soak: install-test ## put a mixed load on the service for SOAK=30m, embedded and distributed; nothing may grow
	$(GO) test -run Soak -count=1 -timeout 0 -v ./cmd/platen -args -soak=$(SOAK)

fuzz: ## run every fuzz target for FUZZ=30s
	@grep -roE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | sed 's|/[^/]*:func | |' | sort -u | while read -r package target; do \
	  echo "$$package $$target"; $(GO) test "$$package" -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZ) || exit 1; \
	done

golden: ## rewrite the golden files; review the difference like code
	$(GO) test ./contract ./helpers -update
	$(GO) test ./renderer -run Golden -update

client: ## write client/openapi.json and client/client.gen.go anew from the API
	$(GO) generate ./client

data: ## write testdata/data and testdata/bucket anew from their generators
	$(GO) run ./contract/generate
	$(GO) run ./tenant/generate

verify-external: install-run ## ask veraPDF whether our documents are PDF/A-3b and PDF/UA-1; needs Java and Maven
	@scripts/verify-external

verify-signatures: install-run ## ask pyHanko whether our signatures are valid; needs Python 3
	@scripts/verify-signatures

test-pkcs11: ## test keys on PKCS #11 tokens, with SoftHSM (needs gcc and softhsm2)
	$(GO) test -tags pkcs11 -run Token ./renderer/sign

docker: ## build the container image
	docker build -t $(IMAGE) .

clean: ## remove what make has made
	rm -rf bin $(OUT) .cache

install-run:
	@scripts/install build
	@scripts/install run

install-test: install-run
	@scripts/install test
	@scripts/test-oracles
