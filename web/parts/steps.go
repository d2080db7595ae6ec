package parts

// icon is the mark of a step by where it stands.
func (s Step) icon() string {
	switch {
	case s.Skipped:
		return "player-skip-forward"
	case s.Tone == Done:
		return "circle-check"
	case s.Tone == Now:
		return "circle-dot"
	case s.Tone == Waits:
		return "clock"
	case s.Tone == Trouble:
		return "alert-triangle"
	}
	return "circle"
}
