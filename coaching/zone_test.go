package coaching

import (
	"archive/zip"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestZone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Local", "localtime", "posixrules", "Factory", "right/UTC", "right/Europe/Berlin", "posix/Europe/Berlin", "posix/UTC",
		"CET ", " UTC", "europe/berlin", "EUROPE/BERLIN", "Europe/", "Europe", "Europe/Atlantis", "Europe//Berlin", "./UTC", "/etc/localtime", "../UTC", "Etc/../UTC",
		"UTC\x00", "+01:00", "UTC+1", "tzdata.zi", "zone.tab", "leapseconds", "zones.txt"} {
		_, err := Zone(name)
		requireProblem(t, err, "time_zone_unknown", "")
		require.Equal(t, time.UTC, ZoneOrUTC(name), name)
	}
	for name := range zoneNames() {
		zone, err := Zone(name)
		require.NoError(t, err, name)
		require.Equal(t, name, zone.String())
	}
}

// TestZone_NamesAreThoseOfTheDatabaseThatTheProgramCarries compares the list with
// what time/tzdata is made of. With another version of Go, write the list anew from
// what this test prints.
func TestZone_NamesAreThoseOfTheDatabaseThatTheProgramCarries(t *testing.T) {
	t.Parallel()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	archive, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	require.NoError(t, err)
	defer func() { require.NoError(t, archive.Close()) }()
	var names []string
	for _, file := range archive.File {
		if !strings.HasSuffix(file.Name, "/") && file.Name != "Factory" {
			names = append(names, file.Name)
		}
	}
	require.ElementsMatch(t, strings.Fields(zoneList), names)
}
