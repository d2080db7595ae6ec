// Package cases finds tables of cases that are kept outside of the project, for tests.
// The environment variable COACHFLOW_SHARED names their folder; where it is not set,
// they stand beside the project, in ../shared.
package cases

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// variable names the folder that holds the folders of cases.
const variable = "COACHFLOW_SHARED"

// Folder is the path of a folder of cases. Where it is missing, the test fails if
// COACHFLOW_SHARED says where it should be, and is skipped otherwise.
func Folder(t testing.TB, name string) string {
	t.Helper()
	shared, named := os.LookupEnv(variable)
	if !named {
		shared = filepath.Join(root(t), "..", "shared")
	}
	folder := filepath.Join(shared, name)
	_, err := os.Stat(folder)
	switch {
	case err == nil:
		return folder
	case named:
		t.Fatalf("%s is set, and the cases are not at %s: %v", variable, folder, err)
	}
	t.Skipf("SKIPPED: no cases at %s; %s names another folder", folder, variable)
	return ""
}

// Read reads a file of a folder of cases.
func Read(t testing.TB, folder, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(Folder(t, folder), name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// JSON reads a table of cases into a value.
func JSON(t testing.TB, folder, name string, into any) {
	t.Helper()
	if err := json.Unmarshal(Read(t, folder, name), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// root is the folder of the project, above that of the package under test.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("there is no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}
