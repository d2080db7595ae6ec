package receive

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"encoding/asn1"
	"encoding/base64"
	"github.com/stretchr/testify/require"
)

// berOf is an element of BER with a length that is stated, berOpen one without.
func berOf(tag byte, parts ...[]byte) []byte {
	var body []byte
	for _, p := range parts {
		body = append(body, p...)
	}
	der, err := asn1.Marshal(asn1.RawValue{Class: int(tag >> 6), Tag: int(tag & 0x1f), IsCompound: tag&tagConstructed != 0, Bytes: body})
	if err != nil {
		panic(err)
	}
	return der
}

func berOpen(tag byte, parts ...[]byte) []byte {
	out := []byte{tag, 0x80}
	for _, p := range parts {
		out = append(out, p...)
	}
	return append(out, 0, 0)
}

// cmsMessage is a signed message of CMS as openCMS needs it; of is berOf or berOpen.
func cmsMessage(of func(byte, ...[]byte) []byte, octets []byte) []byte {
	const sequence, set, explicit = tagSequence | tagConstructed, tagSet | tagConstructed, tagExplicit | tagConstructed
	data := berOf(tagOID, encodedOID(1, 2, 840, 113549, 1, 7, 1))
	return of(sequence, berOf(tagOID, oidSigned), of(explicit, of(sequence, berOf(tagInteger, []byte{1}), berOf(set),
		of(sequence, data, of(explicit, octets)), berOf(set))))
}

// opaqueSigned signs a mail in the opaque form.
func opaqueSigned(mail []byte) []byte {
	return append([]byte("From: a@b.test\r\nContent-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n"),
		base64.StdEncoding.EncodeToString(cmsMessage(berOf, berOf(tagOctets, mail)))...)
}

// signedInner is a mail as S/MIME programs sign it.
const signedInner = "Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
	"Ja, Freitag passt. Gr=C3=BC=C3=9Fe\r\n--i\r\nContent-Type: application/pdf; name=\"Pl=C3=A4ne.pdf\"\r\n\r\n%PDF-1.4\r\n--i--\r\n"

func sealed(header string, cms []byte) []byte {
	return []byte("From: a@b.test\r\nSubject: x\r\n" + header + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + inLines(base64.StdEncoding.EncodeToString(cms), 64, "\r\n"))
}

// A mail signed in the opaque form is read like any other.
func TestInbound_OpaqueSigned(t *testing.T) {
	t.Parallel()
	mail := []byte(signedInner)
	pieces := berOf(tagOctets|tagConstructed, berOf(tagOctets, mail[:10]), berOf(tagOctets, mail[10:90]), berOf(tagOctets, mail[90:]))
	open := berOpen(tagOctets|tagConstructed, berOf(tagOctets, mail[:50]), berOpen(tagOctets|tagConstructed, berOf(tagOctets, mail[50:60]), berOf(tagOctets, mail[60:])))
	const header = "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=\"smime.p7m\"\r\nContent-Disposition: attachment; filename=\"smime.p7m\""
	messages := map[string][]byte{
		"with lengths":             cmsMessage(berOf, berOf(tagOctets, mail)),
		"in pieces":                cmsMessage(berOf, pieces),
		"of open length":           cmsMessage(berOpen, open),
		"pieces in an open length": cmsMessage(berOpen, pieces),
	}
	for name, cms := range messages {
		for _, head := range []string{header, "Content-Type: application/x-pkcs7-mime; name=smime.p7m", "Content-Type: application/pkcs7-mime",
			"Content-Type: application/octet-stream; name=smime.p7m", "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=a.p7m"} {
			in := parsed(t, sealed(head, cms))
			require.Equal(t, "Ja, Freitag passt. Grüße", in.Text, "%s %s", name, head)
			require.Equal(t, []string{"Pl=C3=A4ne.pdf application/pdf"}, partNames(in), name)
			require.False(t, in.Encrypted)
			require.Nil(t, in.Refused())
		}
	}
	in := parsed(t, sealed(header, cmsMessage(berOf, berOf(tagOctets, opaqueSigned([]byte(signedInner))))))
	require.Equal(t, "Ja, Freitag passt. Grüße", in.Text, "signed twice")
	in = parsed(t, sealed(header, cmsMessage(berOf, berOf(tagOctets, []byte("\r\nJust text.")))))
	require.Equal(t, "Just text.", in.Text)
	in = parsed(t, []byte(rootHead+multi("mixed", "m", string(sealed(header, messages["with lengths"])[len("From: a@b.test\r\nSubject: x\r\n"):]), "Content-Type: text/plain\r\n\r\nA footer of a list.")))
	require.Equal(t, "Ja, Freitag passt. Grüße\n\nA footer of a list.", in.Text)
	in = parsed(t, []byte(rootHead+multi("signed", "s", plainPart, part("Content-Type: application/pkcs7-signature; name=smime.p7s", []byte("x")))))
	require.Equal(t, "hello", in.Text, "clear-signed")
	require.Empty(t, in.Attachments())
	bare := bytes.ReplaceAll(sealed(header, messages["in pieces"]), []byte("Content-Transfer-Encoding: base64\r\n"), nil)
	require.Equal(t, "Ja, Freitag passt. Grüße", parsed(t, bare).Text, "in base64, without saying so")
}

// A signed document that somebody attached is a file.
func TestInbound_SignedDocumentsAreFiles(t *testing.T) {
	t.Parallel()
	document := cmsMessage(berOf, berOf(tagOctets, []byte("%PDF-1.4 a contract")))
	in := parsed(t, []byte(rootHead+multi("mixed", "m", plainPart, part("Content-Type: application/pkcs7-mime; name=contract.pdf.p7m", document))))
	require.Equal(t, "hello", in.Text)
	require.Equal(t, "contract.pdf.p7m", in.Attachments()[0].Name)
	require.Equal(t, document, in.Attachments()[0].Data)
	require.Nil(t, in.Refused())
	in = parsed(t, sealed("Content-Type: application/pkcs7-mime; name=contract.pdf.p7m", document))
	require.Len(t, in.Attachments(), 1)
	require.Nil(t, in.Refused(), "also where it is the whole mail")
}

// What is encrypted is known as such, however it was sealed.
func TestInbound_Encrypted(t *testing.T) {
	t.Parallel()
	enveloped := func(oid []byte) []byte {
		return berOpen(tagSequence|tagConstructed, berOf(tagOID, oid), berOpen(tagExplicit|tagConstructed, berOf(tagOctets, []byte("secret"))))
	}
	const armor = "-----BEGIN PGP MESSAGE-----\r\nVersion: 1\r\n\r\nhQEMA1234567890abcd\r\n=abcd\r\n-----END PGP MESSAGE-----\r\n"
	smime := "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\nContent-Disposition: attachment; filename=smime.p7m"
	mails := map[string][]byte{
		"S/MIME without a type":        sealed("Content-Type: application/x-pkcs7-mime; name=smime.p7m", enveloped(oidEncrypted[0])),
		"S/MIME that cannot be read":   sealed(smime, []byte("rubbish")),
		"S/MIME inside of signed":      sealed("Content-Type: application/pkcs7-mime; smime-type=signed-data", cmsMessage(berOf, berOf(tagOctets, sealed(smime, enveloped(oidEncrypted[0]))))),
		"S/MIME with the wrong type":   sealed("Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", enveloped(oidEncrypted[0])),
		"S/MIME as a nameless file":    sealed("Content-Type: application/octet-stream; name=smime.p7m", enveloped(oidEncrypted[0])),
		"S/MIME with a footer":         []byte(rootHead + multi("mixed", "m", string(sealed(smime, enveloped(oidEncrypted[0]))[len("From: a@b.test\r\nSubject: x\r\n"):]), plainPart)),
		"PGP/MIME":                     []byte(rootHead + multi("encrypted", "e", "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1", "Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n"+armor)),
		"PGP/MIME, changed by Outlook": []byte(rootHead + multi("mixed", "e", "Content-Type: text/plain\r\n\r\n", "Content-Type: application/pgp-encrypted; name=\"PGPMIME version identification\"\r\n\r\nVersion: 1", "Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n"+armor)),
		"PGP in the text":              []byte(rootHead + "Content-Type: text/plain\r\n\r\n" + armor),
		"PGP in a part of the text":    []byte(rootHead + "Content-Type: text/plain\r\n\r\nHello Clara,\r\n\r\n" + armor + "\r\nAnna\r\n"),
		"PGP in HTML":                  []byte(rootHead + "Content-Type: text/html\r\n\r\n<p>" + strings.ReplaceAll(armor, "\r\n", "<br>\r\n") + "</p>"),
	}
	for i, oid := range oidEncrypted {
		mails[fmt.Sprintf("S/MIME %d", i)] = sealed(smime, enveloped(oid))
	}
	for name, raw := range mails {
		in := parsed(t, raw)
		require.True(t, in.Encrypted, name)
		require.NotNil(t, in.Refused(), name)
		require.Equal(t, MailEncrypted, in.Refused().Code)
	}
	for name, raw := range map[string]string{
		"quoted":                   "Content-Type: text/plain\r\n\r\nI cannot read this:\r\n> " + strings.ReplaceAll(armor, "\r\n", "\r\n> "),
		"attached":                 multi("mixed", "m", plainPart, "Content-Type: application/octet-stream; name=plan.pdf.pgp\r\n\r\n"+armor),
		"a key":                    "Content-Type: text/plain\r\n\r\n-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nabcd\r\n-----END PGP PUBLIC KEY BLOCK-----",
		"spoken of in a line":      "Content-Type: text/plain\r\n\r\nIt begins with -----BEGIN PGP MESSAGE----- they say.",
		"an encrypted attachment":  multi("mixed", "m", plainPart, part("Content-Type: application/pkcs7-mime; name=contract.pdf.p7m", enveloped(oidEncrypted[0]))),
		"certificates alone":       "Content-Type: application/pkcs7-mime; smime-type=certs-only; name=smime.p7c\r\n\r\nx",
		"a file that says nothing": "Content-Type: application/octet-stream; name=a.bin\r\n\r\nx",
	} {
		in := parsed(t, []byte(rootHead+raw))
		require.False(t, in.Encrypted, name)
		require.Nil(t, in.Refused(), name)
	}
}

// A signed mail that cannot be unpacked is not an empty message.
func TestInbound_DamagedSigned(t *testing.T) {
	t.Parallel()
	whole := cmsMessage(berOpen, berOf(tagOctets, []byte(signedInner)))
	const header = "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"
	for size := range 60 {
		in := parsed(t, sealed(header, whole[:size]))
		require.NotNil(t, in.Refused(), size)
		require.Equal(t, MailUnreadable, in.Refused().Code)
		require.Len(t, in.Parts, 1, "and its bytes are there")
	}
	deep := []byte(signedInner)
	for range maxOpened + 2 {
		deep = opaqueSigned(deep)
	}
	require.NotNil(t, parsed(t, deep).Refused())
	bomb := bytes.Repeat([]byte{tagSequence | tagConstructed, 0x80}, 1<<20)
	require.NotNil(t, parsed(t, sealed(header, bomb)).Refused())
	many := []byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", MaxParts+1))
	require.NotNil(t, parsed(t, sealed(header, cmsMessage(berOf, berOf(tagOctets, many)))).Refused(), "the limits hold inside, too")
}

// Text that OpenPGP signed within itself is the text alone.
func TestInbound_ClearSignedText(t *testing.T) {
	t.Parallel()
	const signature = "-----BEGIN PGP SIGNATURE-----\r\n\r\niQEzBAEBCgAd\r\n=abcd\r\n-----END PGP SIGNATURE-----\r\n"
	tests := []struct{ name, body, want string }{
		{"with a hash", "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nHello Clara\r\n\r\n- -- \r\nAnna\r\n" + signature, "Hello Clara\n\n-- \nAnna\n"},
		{"without a hash", "-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\nHello\r\n\r\nClara\r\n" + signature, "Hello\n\nClara\n"},
		{"with text around", "Before\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\n- - one\r\n" + signature + "After\r\n", "Before\n- one\nAfter\n"},
		{"without a signature", "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nHello\r\n", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello\n"},
		{"quoted", "> -----BEGIN PGP SIGNED MESSAGE-----\r\n", "> -----BEGIN PGP SIGNED MESSAGE-----\n"},
	}
	for _, tt := range tests {
		in := received(t, "Content-Type: text/plain; charset=utf-8", "", tt.body)
		require.Equal(t, tt.want, in.Text, tt.name)
		require.False(t, in.Encrypted)
	}
}
