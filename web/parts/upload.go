package parts

import "strconv"

// UploadField is where people choose files, or drop them.
type UploadField struct {
	// Name is the field by which a form without script sends the files.
	Name, Label, Hint, Fault string
	Single                   bool // one file alone
	// Largest is how large a file may be, in bytes, and URL where the script uploads each to.
	Largest int64
	URL     string
	// Chosen is the field of the ids of files that are there already; empty: the page is
	// loaded again once all have arrived.
	Chosen string
	Files  []ChosenFile
}

// ChosenFile is a file that is chosen.
type ChosenFile struct{ ID, Name, Size string }

func (f UploadField) largest() string { return strconv.FormatInt(f.Largest, 10) }

func (f UploadField) tooLarge() string {
	return "larger than " + strconv.FormatInt(f.Largest>>20, 10) + " MB"
}
