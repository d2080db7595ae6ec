package coaching

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// LinkPurpose is the one thing that a link lets its holder do.
type LinkPurpose byte

// The purposes of links.
const (
	FormLink LinkPurpose = 'f' // fill out a form
	FileLink LinkPurpose = 'd' // view a file of a message
	// InvitationLink and PasswordLink let a person choose the password of their
	// account, the first or a new one. Neither logs anybody in.
	InvitationLink LinkPurpose = 'i'
	PasswordLink   LinkPurpose = 'p'
	SessionLink    LinkPurpose = 's' // change or cancel a session that one attends
	ProposalLink   LinkPurpose = 'c' // take or refuse a time that an attendee proposes
	BookingLink    LinkPurpose = 'b' // book the session of an item, move it, cancel it
	RatingLink     LinkPurpose = 'r' // say how useful a session was
)

// LinkPurposes are all of them.
var LinkPurposes = []LinkPurpose{FormLink, FileLink, InvitationLink, PasswordLink, SessionLink, ProposalLink, BookingLink, RatingLink}

// Name is the purpose as the links table has it.
func (p LinkPurpose) Name() string {
	switch p {
	case FormLink:
		return "form"
	case FileLink:
		return "file"
	case InvitationLink:
		return "invitation"
	case PasswordLink:
		return "password"
	case SessionLink:
		return "session"
	case ProposalLink:
		return "proposal"
	case BookingLink:
		return "booking"
	case RatingLink:
		return "rating"
	}
	return ""
}

// LinkRef is what a token names: a row of an organization's links.
type LinkRef struct {
	Purpose LinkPurpose
	Org     uuid.UUID
	ID      uuid.UUID
}

// LinkKeys sign and open link tokens: HMAC-SHA256 over purpose, organization
// and link id (RFC 2104); and those of known devices. The first key signs, all of
// them open, so that keys can be rotated. A token is derived, never stored.
type LinkKeys struct {
	signer byte
	keys   map[byte][]byte
}

const (
	tokenBody  = 1 + 1 + 16 + 16 // key id, purpose, organization, link
	tokenBytes = tokenBody + sha256.Size
)

// ParseLinkKeys reads "2:BASE64,1:BASE64": key ids from 1 to 255, each with at
// least 32 bytes of secret in standard base64. The first signs.
func ParseLinkKeys(s string) (*LinkKeys, error) {
	k := &LinkKeys{keys: map[byte][]byte{}}
	for i, part := range strings.Split(s, ",") {
		name, secret, _ := strings.Cut(strings.TrimSpace(part), ":")
		id, err := strconv.ParseUint(name, 10, 8)
		if err != nil || id == 0 {
			// Not quoted: without its colon, the part is the secret itself.
			return nil, fmt.Errorf("link key in place %d: the part before the colon must be a number from 1 to 255", i+1)
		}
		raw, err := base64.StdEncoding.DecodeString(secret)
		if err != nil || len(raw) < 32 {
			return nil, fmt.Errorf("link key %d: the secret must be base64 of at least 32 bytes", id)
		}
		if _, twice := k.keys[byte(id)]; twice {
			return nil, fmt.Errorf("link key %d is given twice", id)
		}
		if len(k.keys) == 0 {
			k.signer = byte(id)
		}
		k.keys[byte(id)] = raw
	}
	return k, nil
}

// Sign makes the token of a link. The same link has the same token, so a
// repeated send carries the same address.
func (k *LinkKeys) Sign(ref LinkRef) string {
	token := make([]byte, 0, tokenBytes)
	token = append(token, k.signer, byte(ref.Purpose))
	token = append(token, ref.Org[:]...)
	token = append(token, ref.ID[:]...)
	return base64.RawURLEncoding.EncodeToString(append(token, mac(k.keys[k.signer], linkTokens, token)...))
}

// Open checks a token and says what it names. Every fault is the same false:
// a forged token learns nothing.
func (k *LinkKeys) Open(token string) (LinkRef, bool) {
	// By length, too, because the decoder passes over line breaks.
	if len(token) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return LinkRef{}, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != tokenBytes {
		return LinkRef{}, false
	}
	secret, known := k.keys[raw[0]]
	if !known || !hmac.Equal(mac(secret, linkTokens, raw[:tokenBody]), raw[tokenBody:]) {
		return LinkRef{}, false
	}
	return LinkRef{Purpose: LinkPurpose(raw[1]), Org: uuid.UUID(raw[2:18]), ID: uuid.UUID(raw[18:34])}, true
}

// What a token is for goes into its MAC, so that one of a kind is none of another.
const (
	linkTokens   = "coachflow link\x00"
	deviceTokens = "coachflow device\x00"
)

func mac(secret []byte, kind string, message []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(kind))
	h.Write(message)
	return h.Sum(nil)
}

// LinkID is the id of the link by which one recipient reaches one subject, as it was
// mailed to an address (MailboxKey). It is derived, so that planning a mail twice makes
// one link. A link that was mailed to another address is another one: should that have
// been somebody else's, correcting it makes that link worthless.
func LinkID(purpose LinkPurpose, subject, holder uuid.UUID, address string) uuid.UUID {
	return LinkIDBefore(purpose, subject, uuid.NewSHA1(holder, []byte(address)))
}

// LinkIDBefore is the id of a link to a form or a file as the version before made it,
// for whatever address. Copies of mails that are still being sent can have it.
func LinkIDBefore(purpose LinkPurpose, subject, holder uuid.UUID) uuid.UUID {
	return uuid.NewSHA1(subject, append([]byte{byte(purpose)}, holder[:]...))
}
