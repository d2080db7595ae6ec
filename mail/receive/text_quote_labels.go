package receive

import "strings"

// headerBlock is what is read of the header of an old mail that is written out.
type headerBlock struct {
	labels       int
	kinds        map[string]bool
	address      bool // one of From or To
	dated, timed bool // of Sent or Date
}

// headerBlockAt tells whether the header of an old mail is written out from line i on.
func headerBlockAt(lines []quoteLine, i int, kind MailKind) bool {
	return readHeaderBlock(lines, i, labelKinds).isOf(kind)
}

// isOf tells whether a block is the header of an old mail in a mail of a kind. It has
// at least three of From, Date, To and Subject, From and Subject among them, or From
// and To with "Sent:", or with an address and a date: a journey has the others, too.
// Authors write lists with such labels themselves, about a meeting or a change. So in
// a reply it has an address, or a date with its time; in a first mail it has both an
// address and a date.
func (h headerBlock) isOf(kind MailKind) bool {
	if h.labels < 3 || !h.kinds[labelFrom] {
		return false
	}
	if !h.kinds[labelSubject] && !(h.kinds[labelTo] && (h.kinds[labelSent] || h.kinds[labelDate] && h.address)) {
		return false
	}
	if kind == FirstMail {
		return h.address && h.dated
	}
	return h.address || h.dated && h.timed
}

// readHeaderBlock reads the labels from line i on, in any order, with at most two
// wrapped lines between. kindsOf reads the label of a line.
func readHeaderBlock(lines []quoteLine, i int, kindsOf func(string) []string) headerBlock {
	h, wrapped := headerBlock{kinds: map[string]bool{}}, 0
	kinds := kindsOf(lines[i].text)
	if len(kinds) == 0 {
		return h
	}
	for _, line := range lines[i:min(len(lines), i+9)] {
		if found := kindsOf(line.text); len(found) > 0 {
			kinds = found
			h.labels++
		} else if wrapped++; wrapped > 2 || line.blank() {
			break
		}
		h.read(line.text, kinds)
	}
	return h
}

// read takes a line in, with what its label, or the label above it, can mean.
func (h *headerBlock) read(line string, kinds []string) {
	for _, kind := range kinds {
		h.kinds[kind] = true
		switch kind {
		case labelFrom, labelTo:
			h.address = h.address || findAddress(line) != nil
		case labelSent, labelDate:
			h.dated = h.dated || dateIn.MatchString(line)
			h.timed = h.timed || timeIn.MatchString(line)
		}
	}
}

// labelKinds gives what a line's label can mean, none where it has none.
func labelKinds(line string) []string {
	at := strings.IndexAny(line[:min(len(line), 60)], ":：")
	if at <= 0 {
		return nil
	}
	return labelWords[strings.ToLower(strings.Trim(line[:at], " *_|\u00a0\t"))]
}

// bareLabelKinds is labelKinds of a line without a colon behind its label.
func bareLabelKinds(line string) []string {
	label, _, _ := strings.Cut(line, " ")
	return labelWords[strings.ToLower(strings.Trim(label, "*_"))]
}
