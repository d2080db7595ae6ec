package coaching

import "time"

// JoinOpensBefore is how long before its start a session can be joined.
const JoinOpensBefore = 10 * time.Minute

// JoinState is whether a session can be joined.
type JoinState string

// The states.
const (
	JoinNowhere JoinState = ""      // its place is no address to join
	JoinLater   JoinState = "later" // it can be from a moment on
	JoinOpen    JoinState = "open"
	JoinOver    JoinState = "over"
)

// Join is where and when a session can be joined.
type Join struct {
	State JoinState `json:"state" enum:"later,open,over"`
	URL   string    `json:"url"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// JoinOf is how a session at a place can be joined: from shortly before its start until its
// end.
func JoinOf(place string, start, end, now time.Time) Join {
	j := Join{URL: JoinURL(place), From: start.Add(-JoinOpensBefore), Until: end}
	switch {
	case j.URL == "":
		return Join{}
	case now.Before(j.From):
		j.State = JoinLater
	case now.Before(end):
		j.State = JoinOpen
	default:
		j.State = JoinOver
	}
	return j
}
