package ics

import "testing"

// Each name of Windows leads to a zone that the program knows.
func TestWindowsZones_AreKnown(t *testing.T) {
	t.Parallel()
	for _, zone := range windowsZones {
		zoneOf(t, zone)
	}
}
