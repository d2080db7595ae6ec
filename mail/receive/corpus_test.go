package receive

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coachflow/dev/cases"

	"github.com/stretchr/testify/require"
)

// corpusDir is the folder of the corpus.
func corpusDir(t testing.TB) string {
	t.Helper()
	return cases.Folder(t, "mail-corpus")
}

// corpusCase is one line of expected.jsonl.
type corpusCase struct {
	File   string          `json:"file"`
	Input  string          `json:"input"`
	Expect json.RawMessage `json:"expect"`
}

// corpusCases reads the expectations; expect is decoded into fresh values by
// the caller through decodeExpect.
func corpusCases(t testing.TB) []corpusCase {
	t.Helper()
	f, err := os.Open(filepath.Join(corpusDir(t), "expected.jsonl"))
	require.NoError(t, err)
	defer f.Close() //nolint:errcheck // read only
	var out []corpusCase
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c corpusCase
		require.NoError(t, json.Unmarshal(lines.Bytes(), &c))
		out = append(out, c)
	}
	require.NoError(t, lines.Err())
	return out
}

func (c corpusCase) decode(t testing.TB, into any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(c.Expect, into), c.File)
}

func corpusFile(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(corpusDir(t), name))
	require.NoError(t, err)
	return raw
}

// corpusMails are the files below a directory that are mails.
func corpusMails(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(filepath.Join(corpusDir(t), dir), func(path string, d os.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && !d.IsDir() && (ext == ".eml" || ext == ".raw") {
			name, relErr := filepath.Rel(corpusDir(t), path)
			out = append(out, name)
			return relErr
		}
		return err
	})
	require.NoError(t, err)
	require.NotEmpty(t, out)
	return out
}

// words makes texts equal that differ in white space and markup signs only.
func words(s string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("*", " ", "\u00a0", " ", "\ufffc", " ").Replace(s)), " ")
}

// crlfMail builds a raw mail from lines.
func crlfMail(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n")) }
