package compose

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/emersion/go-vcard"
	"github.com/stretchr/testify/require"
)

func TestContactCards_AreReadAsTheyWereMeant(t *testing.T) {
	t.Parallel()
	contacts := []Contact{
		{UID: "urn:uuid:1", Name: "Ben Okri via coachflow", Addr: "x1@in.example", Organization: "Acme; Coaching, Inc."},
		{UID: "urn:uuid:2", Name: "Zoë, “Q” Müller-Lüdenscheidt; 谷歌", Addr: "x2@in.example"},
		{UID: "urn:uuid:3", Name: strings.Repeat("Long Name ", 20), Addr: "x3@in.example"},
	}
	data, err := ContactCards(contacts)
	require.NoError(t, err)
	require.NotContains(t, strings.ReplaceAll(string(data), "\r\n", ""), "\n", "every line ends with CR LF")
	decoder := vcard.NewDecoder(bytes.NewReader(data))
	for _, want := range contacts {
		card, err := decoder.Decode()
		require.NoError(t, err)
		require.Equal(t, "3.0", card.Value(vcard.FieldVersion))
		require.Equal(t, want.UID, card.Value(vcard.FieldUID))
		require.Equal(t, want.Name, card.Value(vcard.FieldFormattedName))
		require.Equal(t, strings.ReplaceAll(want.Name, ";", ","), card.Name().GivenName)
		require.NotContains(t, card.Value(vcard.FieldOrganization), ";")
		require.Equal(t, want.Addr, card.Value(vcard.FieldEmail))
	}
	_, err = decoder.Decode()
	require.ErrorIs(t, err, io.EOF)
}

func TestContactCards_RefuseWhatBreaksALine(t *testing.T) {
	t.Parallel()
	for _, bad := range []Contact{
		{UID: "u", Name: "Ben\r\nEMAIL:evil@example.com", Addr: "a@b.example"},
		{UID: "u", Name: "Ben\u2028", Addr: "a@b.example"},
		{UID: "u", Name: "Ben", Addr: "a@b.example\nX"},
		{UID: "u\x00", Name: "Ben", Addr: "a@b.example"},
		{UID: "u", Name: "Ben", Addr: "a@b.example", Organization: "Acme\r\n"},
	} {
		_, err := ContactCards([]Contact{bad})
		require.Error(t, err)
	}
}
