package coaching

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// Device is a browser in which a person has proved to know their password. It logs
// nobody in: the tries of strangers do not count for it, and that is all. The zero
// value is a device that is not known.
type Device struct {
	Org, Person uuid.UUID
	ID          uuid.UUID
	// PasswordSet is when the password was set that was proved, in microseconds
	// since 1970. With a newer one the device is not known any more.
	PasswordSet int64
	Until       time.Time // when it is forgotten, to the second
}

// Known reports whether it is a device at all.
func (d Device) Known() bool { return d.ID != uuid.Nil }

const (
	deviceBody  = 1 + 3*16 + 2*8 // key id, organization, person, device, two moments
	deviceBytes = deviceBody + sha256.Size
)

// SignDevice makes the token that a browser keeps of a device.
func (k *LinkKeys) SignDevice(d Device) string {
	token := make([]byte, 0, deviceBytes)
	token = append(token, k.signer)
	for _, id := range []uuid.UUID{d.Org, d.Person, d.ID} {
		token = append(token, id[:]...)
	}
	token = binary.BigEndian.AppendUint64(token, uint64(d.PasswordSet))
	token = binary.BigEndian.AppendUint64(token, uint64(d.Until.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(token, mac(k.keys[k.signer], deviceTokens, token)...))
}

// OpenDevice checks the token of a device. Every fault is the same false.
func (k *LinkKeys) OpenDevice(token string, now time.Time) (Device, bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != deviceBytes {
		return Device{}, false
	}
	secret, known := k.keys[raw[0]]
	if !known || !hmac.Equal(mac(secret, deviceTokens, raw[:deviceBody]), raw[deviceBody:]) {
		return Device{}, false
	}
	moments := raw[1+3*16:]
	d := Device{Org: uuid.UUID(raw[1:17]), Person: uuid.UUID(raw[17:33]), ID: uuid.UUID(raw[33:49]),
		PasswordSet: int64(binary.BigEndian.Uint64(moments)), Until: time.Unix(int64(binary.BigEndian.Uint64(moments[8:])), 0).UTC()}
	return d, now.Before(d.Until)
}
