package coaching

import (
	_ "embed"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the rules of every zone, where the machine has none
)

// zoneList are the names of the time zone database that the program carries with it
// (time/tzdata). A machine knows others, which mean something else on the next one:
// "Local", "localtime" and "posixrules" are its own settings, "right/UTC" counts leap
// seconds, "Factory" is no place.
//
//go:embed zones.txt
var zoneList string

var zoneNames = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for name := range strings.FieldsSeq(zoneList) {
		names[name] = true
	}
	return names
})

// Zone gives an IANA time zone by its name, spelled as it is in the time zone database
// that the program carries with it, whatever the machine has. Any other name is a
// Problem.
func Zone(name string) (*time.Location, error) {
	if name == "" {
		return nil, Problemf(Invalid, "time_zone_unknown", "A time zone is needed, by its IANA name, like Europe/Berlin.")
	}
	if known, is := zones.Load(name); is {
		return known.(*time.Location), nil
	}
	unknown := Problemf(Invalid, "time_zone_unknown", "%q is not a time zone; use an IANA name like Europe/Berlin.", name)
	if !zoneNames()[name] {
		return nil, unknown
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, unknown
	}
	zones.Store(name, zone)
	return zone, nil
}

// zones keeps the zones that were loaded: each load reads a file, and the rules
// ask for one at every turn.
var zones sync.Map

// ZoneOrUTC is Zone for names that were checked when they were stored.
func ZoneOrUTC(name string) *time.Location {
	zone, err := Zone(name)
	if err != nil {
		return time.UTC
	}
	return zone
}
