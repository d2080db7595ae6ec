package workflows_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdk "go.temporal.io/sdk/worker"

	"coachflow/coaching"
	"coachflow/worker"
)

// otherRules marks the process that replays under other rules.
const otherRules = "COACHFLOW_TEST_OTHER_RULES"

// What an operator or a later version may change must leave the workflows that run as
// they are: the defaults, the ladders, the hours in which reminders leave, the time zone
// database. They decide in activities alone. Zones are read once in a process, so the
// replay has one of its own.
func TestHistories_ReplayUnderOtherRules(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"Europe/Berlin", "UTC"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, restlessZone(), 0o600))
	}
	replay := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOtherRulesProcess$", "-test.v")
	replay.Env = append(os.Environ(), otherRules+"=1", "ZONEINFO="+dir)
	said, err := replay.CombinedOutput()
	require.NoError(t, err, "%s", said)
	require.Contains(t, string(said), "--- PASS: TestOtherRulesProcess/")
}

// TestOtherRulesProcess is the process of the test above, and nothing without it.
func TestOtherRulesProcess(t *testing.T) {
	if os.Getenv(otherRules) != "1" {
		return
	}
	berlin, err := coaching.Zone("Europe/Berlin")
	require.NoError(t, err)
	_, offset := time.Date(2027, 1, 3, 12, 0, 0, 0, berlin).Zone()
	require.Equal(t, 9*60*60, offset, "the changed zone is read")
	changeDefaults()
	for _, file := range histories(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			replayer := sdk.NewWorkflowReplayer()
			worker.Register(replayer)
			require.NoError(t, replayer.ReplayWorkflowHistoryFromJSONFile(nopLogger{}, file))
		})
	}
}

// changeDefaults changes every rule that a version can change, so far that everything would
// be due at once.
func changeDefaults() {
	coaching.DefaultWorkingHours = coaching.WorkingHours{From: 60, To: 61, Days: []coaching.Weekday{coaching.Sunday}}
	for kind, ladder := range coaching.DefaultLadders {
		ladder.Steps, ladder.WithoutDue, ladder.MinGapHours = nil, nil, 1
		ladder.End = &coaching.LadderEnd{When: coaching.When{Rule: coaching.AfterStart, Delay: coaching.Delay{Amount: 1, Unit: coaching.Hours}}, Does: coaching.Expire}
		coaching.DefaultLadders[kind] = ladder
	}
}

// restlessZone is a zone whose clocks are set nine hours on, or back, at the beginning of
// every day from 2025 to 2035 (RFC 8536, version 2).
func restlessZone() []byte {
	var moments, kinds bytes.Buffer
	count := uint32(0)
	for at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2035; at = at.AddDate(0, 0, 1) {
		_ = binary.Write(&moments, binary.BigEndian, at.Unix()) // into memory, which takes all
		kinds.WriteByte(byte(at.Unix() / 86400 % 2))
		count++
	}
	header := func(count, types, names uint32) []byte {
		out := append([]byte("TZif2"), make([]byte, 15)...)
		for _, n := range []uint32{0, 0, 0, count, types, names} {
			out = binary.BigEndian.AppendUint32(out, n)
		}
		return out
	}
	zone := append(header(0, 1, 4), 0, 0, 0, 0, 0, 0, 'O', 'N', 'E', 0) // the old form, which is passed over
	zone = append(zone, header(count, 2, 8)...)
	zone = append(zone, moments.Bytes()...)
	zone = append(zone, kinds.Bytes()...)
	for i, offset := range []uint32{0, 9 * 60 * 60} {
		zone = append(binary.BigEndian.AppendUint32(zone, offset), 0, byte(4*i))
	}
	return append(zone, "ONE\x00TWO\x00\n\n"...)
}
