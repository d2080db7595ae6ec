package main_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	quoted       = regexp.MustCompile("`([^`\n]+)`")
	namedFile    = regexp.MustCompile(`^[\w./-]+\.(go|sql|templ|md|yml|mod)$`)
	namedFolder  = regexp.MustCompile(`^[a-z]+(/[a-z]+)*/$`)
	namedObject  = regexp.MustCompile(`^([a-z]+)\.([A-Z]\w+)$`)
	namedMethod  = regexp.MustCompile(`^([A-Z]\w+)\.([A-Z]\w+)$`)
	linkedFile   = regexp.MustCompile(`\]\(([^)#:]+)\)`)
	fencedBlocks = regexp.MustCompile("(?ms)^```.*?^```$")
)

// documents are the pages that people read.
func documents(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	pages := map[string]string{}
	for _, path := range append(paths, "README.md", "CONTRIBUTING.md") {
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		pages[path] = fencedBlocks.ReplaceAllString(string(raw), "")
	}
	require.Greater(t, len(pages), 5)
	return pages
}

// sources are the texts of all Go files but tests, by the name of their folder.
func sources(t *testing.T) map[string]string {
	t.Helper()
	byFolder := map[string]string{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		byFolder[filepath.Base(filepath.Dir(path))] += string(source)
		return err
	})
	require.NoError(t, err)
	return byFolder
}

// declares reports whether the source of a package has a name that others can use.
func declares(source, name string) bool {
	return regexp.MustCompile(`(?m)^(?:func(?: \(\w+ \*?\w+\))?|type|var|const) ` + name + `\b|^\t` + name + `\b`).MatchString(source)
}

// hasMethod reports whether some package has a type with this method.
func hasMethod(byFolder map[string]string, of, name string) bool {
	method := regexp.MustCompile(`(?m)^func \(\w+ \*?` + of + `\) ` + name + `\(`)
	for _, source := range byFolder {
		if method.MatchString(source) {
			return true
		}
	}
	return false
}

// What a document says in `such letters` and looks like a file, a folder or a name of a
// package of ours is there.
func TestDocuments_NameWhatIsThere(t *testing.T) {
	t.Parallel()
	byFolder := sources(t)
	for page, text := range documents(t) {
		for _, match := range quoted.FindAllStringSubmatch(text, -1) {
			require.True(t, isThere(byFolder, match[1]), "%s names %s", page, match[1])
		}
	}
}

// isThere reports whether a quoted name is there, or names nothing that can be looked up.
func isThere(byFolder map[string]string, name string) bool {
	if strings.Contains(name, "*") || strings.Contains(name, "NAME") {
		return true // a pattern
	}
	if namedFile.MatchString(name) || namedFolder.MatchString(name) {
		return exists(name)
	}
	if method := namedMethod.FindStringSubmatch(name); method != nil {
		return hasMethod(byFolder, method[1], method[2])
	}
	object := namedObject.FindStringSubmatch(name)
	if object == nil || byFolder[object[1]] == "" {
		return true
	}
	return declares(byFolder[object[1]], object[2])
}

func TestDocuments_WrongNamesAreFound(t *testing.T) {
	t.Parallel()
	byFolder := sources(t)
	for _, right := range []string{"web/link/form.go", "app/", "coaching.NextStepOf", "coaching.FormItem", "App.SubmitForm", "notice/ID"} {
		require.True(t, isThere(byFolder, right), right)
	}
	for _, wrong := range []string{"web/link/forms.go", "apps/", "coaching.NextStepsOf", "App.SubmitForms", "Apps.SubmitForm"} {
		require.False(t, isThere(byFolder, wrong), wrong)
	}
}

func TestDocuments_LinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	for page, text := range documents(t) {
		for _, match := range linkedFile.FindAllStringSubmatch(text, -1) {
			require.True(t, exists(filepath.Join(filepath.Dir(page), match[1])), "%s links to %s", page, match[1])
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
