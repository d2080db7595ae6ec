package dev

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// openSandboxStore reads the directory, which need not exist.
func openSandboxStore(dir string, now func() time.Time) (*sandboxStore, error) {
	s := &sandboxStore{
		dir: dir, now: now,
		seen: map[string]*sandboxRecord{}, folders: map[string]*sandboxFolder{}, changed: make(chan struct{}),
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := s.loadState(); err != nil {
		return nil, err
	}
	names, err := filepath.Glob(filepath.Join(dir, "*[0-9].json"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		var r sandboxRecord
		if err := readJSONFile(name, &r); err != nil {
			return nil, err
		}
		s.load(&r)
	}
	s.arrange()
	return s, nil
}

func (s *sandboxStore) loadState() error {
	err := readJSONFile(s.statePath(), &s.state)
	if errors.Is(err, fs.ErrNotExist) {
		s.state = sandboxState{UIDValidity: uint32(s.now().Unix()), Folders: []string{"INBOX"}}
		err = writeJSONFile(s.statePath(), s.state)
	}
	for _, name := range s.state.Folders {
		s.folders[name] = newSandboxFolder(name)
	}
	return err
}

func (s *sandboxStore) statePath() string { return filepath.Join(s.dir, "state.json") }

func (s *sandboxStore) load(r *sandboxRecord) {
	r.dir = s.dir
	s.records = append(s.records, r)
	if id, err := strconv.Atoi(r.ID); err == nil {
		s.lastID = max(s.lastID, id)
	}
	s.lastUID = max(s.lastUID, r.LastUID)
	for _, to := range r.EnvelopeTo {
		s.noteSeen(r, to)
	}
}

// arrange puts the mails in the order in which they came, and the copies into
// their folders.
func (s *sandboxStore) arrange() {
	slices.SortFunc(s.records, func(a, b *sandboxRecord) int { return a.number() - b.number() })
	for _, r := range s.records {
		for _, c := range r.Copies {
			if s.folders[c.Folder] == nil {
				s.folders[c.Folder] = newSandboxFolder(c.Folder)
			}
			s.folders[c.Folder].add(r, c)
		}
	}
	for _, f := range s.folders {
		slices.SortFunc(f.messages, func(a, b *sandboxMessage) int { return int(int64(a.copy.UID) - int64(b.copy.UID)) })
	}
}

func (r *sandboxRecord) number() int {
	n, _ := strconv.Atoi(r.ID) // made by put
	return n
}

func (s *sandboxStore) save(r *sandboxRecord) error { return writeJSONFile(r.path("json"), r) }

func readJSONFile(name string, v any) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func writeJSONFile(name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	temp, err := writeTemp(filepath.Dir(name), data)
	if err != nil {
		return err
	}
	if err := os.Rename(temp, name); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return nil
}

// writeTemp writes a file that is to be renamed, so that a file with a final
// name is always whole.
func writeTemp(dir string, data []byte) (name string, err error) {
	file, err := os.CreateTemp(dir, "new-*.tmp")
	if err != nil {
		return "", err
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}
