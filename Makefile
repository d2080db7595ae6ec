# Each target is a command that a person could type.

.PHONY: dev test check generate bench

dev: ## the whole system on this machine
	go run . dev

test: ## all tests
	go test ./...

check: ## what CI runs
	bash .ci/run

generate: ## code from SQL and from templates, and the stylesheet for these
	go tool -modfile=gen.mod sqlc generate
	go tool -modfile=gen.mod templ generate
	go run ./web/tabler

bench: ## the figures in docs/figures.md
	go test -run '^$$' -bench . -benchtime 1x -timeout 30m .
