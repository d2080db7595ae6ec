package receive

import "cmp"

// fileName is the name that the sender gave to a part: from the disposition, or
// from the type as older programs have it. The last two are misplaced by some.
func (n *partNode) fileName() string {
	name := func(value string) string { return decodeHeaderAs(value, n.params["charset"]) }
	return cmp.Or(name(n.placed["filename"]), name(n.params["name"]), name(n.params["filename"]), name(n.placed["name"]))
}
