package compose

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/emersion/go-vcard"
)

// Contact is one entry for an address book.
type Contact struct {
	// UID names the entry for good, so that importing it again replaces it.
	UID string
	// Name is shown; it is one line.
	Name string
	// Addr is the bare email address.
	Addr string
	// Organization is where the person is met; empty for none.
	Organization string
}

// ContactCards writes a file of vCards in version 3.0 (RFC 2426), which every
// address book reads. A name or an address that could break out of its line is
// refused with an error.
func ContactCards(contacts []Contact) ([]byte, error) {
	var b bytes.Buffer
	encoder := vcard.NewEncoder(&b)
	for _, c := range contacts {
		for _, value := range []string{c.UID, c.Name, c.Addr, c.Organization} {
			if err := RefuseControl(value); err != nil {
				return nil, fmt.Errorf("write contact: %w", err)
			}
		}
		card := vcard.Card{}
		card.SetValue(vcard.FieldVersion, "3.0")
		card.SetValue(vcard.FieldUID, c.UID)
		card.SetValue(vcard.FieldFormattedName, c.Name)
		// All of it as one given name: which part is the family's, nobody has said.
		card.SetName(&vcard.Name{GivenName: component(c.Name)})
		card.Set(vcard.FieldEmail, &vcard.Field{Value: c.Addr, Params: vcard.Params{vcard.ParamType: {"INTERNET"}}})
		if c.Organization != "" {
			card.SetValue(vcard.FieldOrganization, component(c.Organization))
		}
		if err := encoder.Encode(card); err != nil {
			return nil, fmt.Errorf("write contact: %w", err)
		}
	}
	return b.Bytes(), nil
}

// component keeps a value in one piece: a semicolon parts a name or an
// organization into its components, and the library does not escape it.
func component(value string) string { return strings.ReplaceAll(value, ";", ",") }
