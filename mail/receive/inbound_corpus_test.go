package receive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jhillyerd/enmime/v2"
	"github.com/stretchr/testify/require"
)

// inboundWant is what other projects' tests expect of a parsed mail. Counts of
// php-imap are of all files, those of chatwoot and enmime without inline ones.
type inboundWant struct {
	Subject      *string  `json:"subject"`
	Text         *string  `json:"text"`
	TextPrefix   *string  `json:"text_prefix"`
	TextContains []string `json:"text_contains"`
	HTML         *string  `json:"html"`
	HasHTML      *bool    `json:"has_html"`
	HTMLContains []string `json:"html_contains"`
	HTMLLacks    []string `json:"html_not_contains"`
	MessageID    *string  `json:"message_id"`
	InReplyTo    *string  `json:"in_reply_to"`
	References   []string `json:"references"`
	From         *string  `json:"from"`
	Attachments  *int     `json:"attachments"`
	AtLeast      int      `json:"attachments_at_least"`
	Inline       *int     `json:"inline"`
	Names        []string `json:"attachment_names"`
	NamesInclude []string `json:"attachment_names_include"`
	Sums         []string `json:"attachment_sha256_include"`
	InlineCIDs   []string `json:"inline_cids"`
}

// inboundDiffers lists what is read differently on purpose, as file and field.
var inboundDiffers = map[string]string{
	"enmime/testdata/mail/mime-alternative.raw text":              "two different plain texts as alternatives: both are kept",
	"enmime/testdata/mail/mime-mixed-related.raw html":            "two HTML texts: both are kept",
	"enmime/testdata/mail/attachment-only-inline.raw attachments": "a lone picture is a file whatever it calls itself",
	"enmime/testdata/mail/attachment-only-inline.raw inline":      "a lone picture is a file whatever it calls itself",
	"enmime/testdata/mail/inlinemultipart.raw attachments":        "a text file with a name is a file, not a picture in the text",
	"enmime/testdata/mail/inlinemultipart.raw inline":             "a text file with a name is a file, not a picture in the text",
	// php-imap takes the name of Content-Type where the disposition has another.
	"php-imap/messages/attachment_long_filename.eml name 01_A€":   "Content-Disposition wins",
	"php-imap/messages/attachment_long_filename.eml name Buchung": "Content-Disposition wins",
	// php-imap drops or rewrites bytes of attached mails; here they are as sent.
	"php-imap/messages/embedded_email.eml sum a1f965f1":                             "attached mail as sent",
	"php-imap/messages/embedded_email_without_content_disposition.eml sum 2476c8b9": "attached mail as sent",
	"php-imap/messages/example_bounce.eml sum 85ac09d1":                             "attached mail as sent",
	"php-imap/messages/example_bounce.eml sum 7525331f":                             "attached mail as sent",
	"php-imap/messages/four_nested_emails.eml sum 85012e6a":                         "attached mail as sent",
}

func TestParseInbound_Corpus(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, c := range corpusCases(t) {
		if c.Input != "eml" || strings.HasPrefix(c.File, "talon/") {
			continue
		}
		var want inboundWant
		c.decode(t, &want)
		in, err := ParseInbound(corpusFile(t, c.File))
		require.NoError(t, err, c.File)
		for field, ok := range want.compare(in, strings.HasPrefix(c.File, "php-imap/")) {
			checked++
			if !ok && inboundDiffers[c.File+" "+field] == "" {
				t.Errorf("%s: %s differs\nsubject %q\ntext %q\nhtml %q\nparts %v", c.File, field, in.Subject, clip(in.Text), clip(in.HTML), partNames(in))
			}
		}
	}
	t.Logf("expectations checked: %d, different on purpose: %d", checked, len(inboundDiffers))
}

func (w inboundWant) compare(in *Inbound, countInline bool) map[string]bool {
	got := map[string]bool{}
	check := func(field string, given, ok bool) {
		if given {
			got[field] = ok
		}
	}
	check("subject", w.Subject != nil, w.Subject == nil || words(in.Subject) == words(*w.Subject))
	check("text", w.Text != nil, w.Text == nil || sameText(in.Text, *w.Text))
	check("text_prefix", w.TextPrefix != nil, w.TextPrefix == nil || strings.HasPrefix(words(in.Text), words(*w.TextPrefix)))
	for _, s := range w.TextContains {
		check("text_contains "+s, true, strings.Contains(words(in.Text), words(s)))
	}
	check("html", w.HTML != nil, w.HTML == nil || words(in.HTML) == words(*w.HTML))
	check("has_html", w.HasHTML != nil, w.HasHTML == nil || *w.HasHTML == (in.HTML != ""))
	for _, s := range w.HTMLContains {
		check("html_contains "+s, true, strings.Contains(in.HTML, s))
	}
	for _, s := range w.HTMLLacks {
		check("html_not_contains "+s, true, !strings.Contains(in.HTML, s))
	}
	check("message_id", w.MessageID != nil, w.MessageID == nil || in.MessageID == *w.MessageID)
	check("in_reply_to", w.InReplyTo != nil, w.InReplyTo == nil || in.InReplyTo == *w.InReplyTo)
	check("references", w.References != nil, slices.Equal(w.References, in.References))
	check("from", w.From != nil && strings.Contains(*w.From, "@"), w.From == nil || len(in.From) > 0 && in.From[0].Addr == *w.From)
	w.compareFiles(in, countInline, check)
	return got
}

func (w inboundWant) compareFiles(in *Inbound, countInline bool, check func(string, bool, bool)) {
	files := in.Attachments()
	inline := len(in.Parts) - len(files)
	if countInline {
		files = in.Parts
	}
	names, sums, cids := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range in.Parts {
		sum := sha256.Sum256(p.Data)
		names[p.Name], sums[hex.EncodeToString(sum[:])], cids[p.ContentID] = true, true, p.Inline
	}
	check("attachments", w.Attachments != nil, w.Attachments == nil || len(files) == *w.Attachments)
	check("attachments_at_least", w.AtLeast > 0, len(files) >= w.AtLeast)
	check("inline", w.Inline != nil, w.Inline == nil || inline == *w.Inline)
	for _, name := range append(w.Names, w.NamesInclude...) {
		check("name "+cutBytes(name, 7), !generatedName.MatchString(name), names[CleanFileName(name)])
	}
	for _, sum := range w.Sums {
		check("sum "+sum[:8], true, sums[sum])
	}
	for _, cid := range w.InlineCIDs {
		check("cid "+cid, true, cids[cid])
	}
}

// generatedName is a name that php-imap makes up by hashing.
var generatedName = regexp.MustCompile(`^[0-9a-f]{8}$`)

// sameText allows for the line that enmime puts between text parts.
func sameText(got, want string) bool {
	return words(strings.ReplaceAll(got, "--", "")) == words(strings.ReplaceAll(want, "--", ""))
}

func clip(s string) string { return s[:min(len(s), 400)] }

func partNames(in *Inbound) []string {
	var out []string
	for _, p := range in.Parts {
		name := p.Name + " " + p.ContentType
		if p.Inline {
			name += " inline"
		}
		out = append(out, name)
	}
	return out
}

// TestR23_NothingEnmimeFindsIsLost compares with a second reader: the bytes of
// every file that enmime finds by itself are here exactly as often.
func TestR23_NothingEnmimeFindsIsLost(t *testing.T) {
	t.Parallel()
	files := 0
	for _, name := range append(corpusMails(t, "enmime"), append(corpusMails(t, "php-imap"), corpusMails(t, "chatwoot")...)...) {
		raw := corpusFile(t, name)
		root, err := enmime.ReadParts(bytes.NewReader(raw))
		if err != nil {
			continue // it is here that enmime loses mails
		}
		in, err := ParseInbound(raw)
		require.NoError(t, err, name)
		for _, leaf := range root.DepthMatchAll(func(p *enmime.Part) bool {
			return p.FirstChild == nil && len(p.Content) > 0 && !strings.HasPrefix(p.ContentType, "text/") && !strings.HasPrefix(p.ContentType, "multipart/") && p.ContentType != ""
		}) {
			files++
			found := 0
			for _, p := range in.Parts {
				if bytes.Equal(bytes.TrimSpace(p.Data), bytes.TrimSpace(leaf.Content)) {
					found++
				}
			}
			if found == 0 {
				t.Errorf("%s: lost %s %q, have %v", name, leaf.ContentType, leaf.FileName, partNames(in))
			}
		}
	}
	t.Logf("files compared: %d", files)
	require.Greater(t, files, 80)
}
