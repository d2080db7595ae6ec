package dev

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// The mails lie in one file, which only grows: a line of JSON for each mail as
// it is stored, with its bytes behind it, and a line alone for each change of
// one. The last line about a mail is how it stands. One write each, because
// making and renaming files takes longer than everything else that a mail costs,
// and slows the database beside it.

// sandboxLine is one line of the file.
type sandboxLine struct {
	*sandboxRecord
	// Raw is the number of bytes behind the line, which belong to the mail.
	Raw int64 `json:"raw,omitempty"`
}

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
	if err := s.loadMails(); err != nil {
		return nil, err
	}
	s.arrange()
	return s, nil
}

func (s *sandboxStore) mailsPath() string { return filepath.Join(s.dir, "mails") }

// loadMails reads the file of mails. What a killed process left half written at
// its end was never acknowledged, and is cut off.
func (s *sandboxStore) loadMails() error {
	file, err := os.OpenFile(s.mailsPath(), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it is on the disk, or the write failed
	mails := map[string]*sandboxRecord{}
	reader := bufio.NewReader(file)
	for {
		line, err := reader.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		read := sandboxLine{sandboxRecord: &sandboxRecord{}}
		if err := json.Unmarshal(line, &read); err != nil {
			return fmt.Errorf("%s at byte %d: %w", s.mailsPath(), s.end, err)
		}
		behind := s.end + int64(len(line))
		if _, err := io.CopyN(io.Discard, reader, read.Raw); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		s.end = behind + read.Raw
		r := read.sandboxRecord
		r.file, r.offset = s.mailsPath(), behind
		if known := mails[r.ID]; known != nil {
			r.offset = known.offset
		}
		mails[r.ID] = r
	}
	for _, r := range mails {
		s.load(r)
	}
	return file.Truncate(s.end)
}

// write appends a line about a mail, with the mail itself when it is new.
func (s *sandboxStore) write(r *sandboxRecord, raw []byte) error {
	line, err := json.Marshal(sandboxLine{r, int64(len(raw))})
	if err != nil {
		return err
	}
	file, err := os.OpenFile(s.mailsPath(), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	data := append(append(line, '\n'), raw...)
	if _, err = file.WriteAt(data, s.end); err != nil {
		err = errors.Join(err, file.Truncate(s.end)) // a full disk, say
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if raw != nil {
		r.file, r.offset = s.mailsPath(), s.end+int64(len(line))+1
	}
	s.end += int64(len(data))
	return nil
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

func (s *sandboxStore) save(r *sandboxRecord) error { return s.write(r, nil) }

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
