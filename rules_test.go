package main_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	rulesPage = "docs/rules.md"
	notBuilt  = "not built yet"
)

var (
	ruleLine     = regexp.MustCompile(`(?m)^- \*\*(R\d+)\*\* (.+)$`)
	namedTest    = regexp.MustCompile("`((?:Test|Fuzz|Benchmark)\\w+)`")
	testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	testOfRule   = regexp.MustCompile(`^(?:Test|Fuzz|Benchmark)(R\d+)_`)
)

// rulesOnPage are the lines of the page by the rule's number.
func rulesOnPage(t *testing.T) map[string]string {
	t.Helper()
	page, err := os.ReadFile(rulesPage)
	require.NoError(t, err)
	rules := map[string]string{}
	for _, line := range ruleLine.FindAllStringSubmatch(string(page), -1) {
		require.NotContains(t, rules, line[1], "twice on the page")
		rules[line[1]] = line[2]
	}
	return rules
}

// testsOfProject are the names of all tests, with the file of one that has it.
func testsOfProject(t *testing.T) map[string]string {
	t.Helper()
	tests := map[string]string{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != "." && strings.HasPrefix(entry.Name(), "."):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(path)
		for _, function := range testFunction.FindAllStringSubmatch(string(source), -1) {
			tests[function[1]] = path
		}
		return err
	})
	require.NoError(t, err)
	require.Greater(t, len(tests), 300)
	return tests
}

func TestRules_ThePageAndTheTestsAgree(t *testing.T) {
	t.Parallel()
	rules, tests := rulesOnPage(t), testsOfProject(t)
	for n := range 28 {
		require.Contains(t, rules, "R"+strconv.Itoa(n+1), "%s has no line for it", rulesPage)
	}
	tested := map[string]bool{}
	for name, file := range tests {
		if rule := testOfRule.FindStringSubmatch(name); rule != nil {
			require.Contains(t, rules, rule[1], "%s in %s is about a rule that %s does not have", name, file, rulesPage)
			tested[rule[1]] = true
		}
	}
	for rule, line := range rules {
		named := namedTest.FindAllStringSubmatch(line, -1)
		for _, test := range named {
			_, is := tests[test[1]] // not Contains, which prints all of them
			require.True(t, is, "%s names %s for %s, and there is no such test", rulesPage, test[1], rule)
			if of := testOfRule.FindStringSubmatch(test[1]); of != nil {
				require.Equal(t, rule, of[1], "%s stands at another rule", test[1])
			}
		}
		if tested[rule] {
			require.NotContains(t, line, notBuilt, "%s has tests; name them in %s", rule, rulesPage)
			require.NotEmpty(t, named, "%s has tests; name them in %s", rule, rulesPage)
			continue
		}
		require.Contains(t, line, notBuilt, "%s has no test with its number; %s must say that it is %s", rule, rulesPage, notBuilt)
	}
}
