package dev

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOpenDataDir_OneAtATime(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "data")
	first, err := OpenDataDir(dir)
	require.NoError(t, err)
	require.Equal(t, dir, first.Path)

	_, err = OpenDataDir(dir)
	requireSentence(t, err, "in use by another coachflow (process "+strconv.Itoa(os.Getpid())+")")

	require.NoError(t, first.Close())
	second, err := OpenDataDir(dir)
	require.NoError(t, err)
	require.NoError(t, second.Close())
}

// Between fork and exec a child has a copy of every open file. It does not keep the lock.
func TestOpenDataDir_ACopyOfTheFileKeepsNoLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := OpenDataDir(dir)
	require.NoError(t, err)
	copied, err := syscall.Dup(int(first.lock.Fd()))
	require.NoError(t, err)
	defer func() { require.NoError(t, syscall.Close(copied)) }()
	require.NoError(t, first.Close())
	second, err := OpenDataDir(dir)
	require.NoError(t, err)
	require.NoError(t, second.Close())
}

func TestOpenDataDir_RelativePathBecomesAbsolute(t *testing.T) {
	t.Chdir(t.TempDir())
	d, err := OpenDataDir("data")
	require.NoError(t, err)
	require.True(t, filepath.IsAbs(d.Path))
	require.NoError(t, d.Close())
}

func TestOpenDataDir_Unusable(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := OpenDataDir(file)
	requireSentence(t, err, "cannot be used (not a directory)")
	_, err = OpenDataDir(filepath.Join(file, "below"))
	requireSentence(t, err, "cannot be used (not a directory)")

	if os.Geteuid() == 0 {
		return // root may write everywhere
	}
	closed := t.TempDir()
	require.NoError(t, os.Chmod(closed, 0o500))
	_, err = OpenDataDir(filepath.Join(closed, "data"))
	requireSentence(t, err, "cannot be used (permission denied)")
}
