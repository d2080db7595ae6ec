package dev

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// SetupError is a start that failed for a reason the person at the terminal
// can remove. Its sentence is all there is to show: what is wrong and what to do.
type SetupError struct {
	Sentence string
	Err      error // the cause, may be nil
}

// Error is the sentence.
func (e *SetupError) Error() string { return e.Sentence }

// Unwrap is the cause.
func (e *SetupError) Unwrap() error { return e.Err }

func setupErrorf(format string, args ...any) *SetupError {
	return &SetupError{Sentence: fmt.Sprintf(format, args...)}
}

// DataDir is a data directory held by this process alone.
type DataDir struct {
	// Path is absolute.
	Path string
	lock *os.File
}

// OpenDataDir creates the directory where it is missing and locks it until
// Close or the end of the process. A directory that another process holds, or
// that cannot be written, is a *SetupError.
func OpenDataDir(dir string) (*DataDir, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("data directory %s: %w", dir, err)
	}
	if err := os.MkdirAll(path, dataDirMode()); err != nil {
		return nil, dataDirError(path, err)
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, dataDirError(path, err)
	}
	if err := holdLock(lock, path); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &DataDir{Path: path, lock: lock}, nil
}

// Close gives the directory free for another process.
func (d *DataDir) Close() error {
	// A process that is being started has a copy of the file until it runs: closing ours
	// alone would leave the lock with that one.
	unlocked := syscall.Flock(int(d.lock.Fd()), syscall.LOCK_UN)
	if err := errors.Join(unlocked, d.lock.Close()); err != nil {
		return fmt.Errorf("unlock data directory: %w", err)
	}
	return nil
}

// dataDirMode keeps a new data directory private. Root's lets others pass, but
// not look, since the database below it runs as another user.
func dataDirMode() fs.FileMode {
	if os.Geteuid() == 0 {
		return 0o711
	}
	return 0o700
}

// holdLock takes the lock and writes our process id, for the sentence that
// the next one gets. The kernel drops the lock when we die, however we die.
func holdLock(lock *os.File, path string) error {
	locked, err := tryLock(lock)
	if err != nil {
		return dataDirError(path, err)
	}
	if !locked {
		return setupErrorf("%s is in use by another coachflow%s: stop that one, or give this one a directory of its own with --data DIR.",
			path, holder(lock))
	}
	if err := lock.Truncate(0); err != nil {
		return dataDirError(path, err)
	}
	if _, err := lock.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		return dataDirError(path, err)
	}
	return nil
}

// tryLock takes an exclusive lock on the open file; false when another holds it.
func tryLock(file *os.File) (bool, error) {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("lock %s: %w", file.Name(), err)
	}
	return true, nil
}

// holder names the process that wrote the lock file, as far as it says.
func holder(lock *os.File) string {
	content := make([]byte, 20)
	n, _ := lock.ReadAt(content, 0) // an empty or short file only makes the sentence shorter
	pid, err := strconv.Atoi(strings.TrimSpace(string(content[:n])))
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" (process %d)", pid)
}

func dataDirError(path string, cause error) error {
	reason := cause.Error()
	var pathError *fs.PathError
	if errors.As(cause, &pathError) {
		reason = pathError.Err.Error()
	}
	e := setupErrorf("The data directory %s cannot be used (%s): make it writable for you, or choose another with --data DIR.", path, reason)
	e.Err = cause
	return e
}
