package receive

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInboundRecipients(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		header []string
		want   []string
	}{
		{"to", []string{"To: Ann <ABC@In.Test>, bob@other.test"}, []string{"abc"}},
		{"all visible, in order, once", []string{"Cc: two@in.test", "To: one@in.test, TWO@in.test", "Resent-To: three@in.test", "Bcc: no@in.test"}, []string{"two", "one", "three"}},
		{"delivered-to decides", []string{"Delivered-To: one@in.test", "To: two@in.test"}, []string{"one"}},
		{"the topmost one decides", []string{"X-Original-To: one@in.test", "Delivered-To: two@in.test", "Envelope-To: three@in.test"}, []string{"one"}},
		{"one of another domain does not", []string{"Delivered-To: box@host.test", "X-Original-To: <one@in.test>", "To: two@in.test"}, []string{"one"}},
		{"none at the domain", []string{"Delivered-To: box@host.test", "To: two@in.test"}, []string{"two"}},
		{"empty", []string{"X-Original-To:", "To: one@in.test"}, []string{"one"}},
		{"subdomain is another domain", []string{"To: a@x.in.test, b@in.test.evil.com, c@notin.test"}, nil},
		{"group", []string{"To: Us: one@in.test, two@in.test;"}, []string{"one", "two"}},
		{"broken list", []string{`To: "unclosed <one@in.test>, two@in.test`}, []string{"one", "two"}},
		{"domain in a name", []string{`To: "x@in.test" <bob@other.test>`}, nil},
		{"folded", []string{"To: one@in.test,", "\ttwo@in.test"}, []string{"one", "two"}},
		{"body", []string{"From: a@b.com", "", "To: one@in.test"}, nil},
		{"nothing", []string{"From: a@b.com"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, InboundRecipients(crlfMail(append(tt.header, "", "")...), "IN.test"))
		})
	}
	require.Nil(t, InboundRecipients(crlfMail("To: one", "", ""), ""))
}
