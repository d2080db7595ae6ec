package receive

import (
	netmail "net/mail"
	"regexp"
	"strings"

	"golang.org/x/net/idna"
)

// Address is one mail address with the display name its owner gave. The domain
// of Addr is in lower case, and in its ASCII form where it has one.
type Address struct {
	Name string
	Addr string
}

// Domain is the part after the last @, or "" where there is none.
func (a Address) Domain() string {
	if i := strings.LastIndexByte(a.Addr, '@'); i >= 0 {
		return a.Addr[i+1:]
	}
	return ""
}

// Local is the part before the last @, as written.
func (a Address) Local() string {
	if i := strings.LastIndexByte(a.Addr, '@'); i >= 0 {
		return a.Addr[:i]
	}
	return a.Addr
}

// maxAddressList bounds an address field that is parsed, in bytes.
const maxAddressList = 64 << 10

// parseAddresses reads an address list for display. What it cannot read it
// leaves out; nothing that decides who may post is built on it.
func parseAddresses(value string) []Address {
	if len(value) > maxAddressList {
		return nil
	}
	parser := netmail.AddressParser{WordDecoder: &wordDecoder}
	list, err := parser.ParseList(validText(value))
	if one, clear := clearAuthor(value); err != nil && clear {
		return []Address{one}
	}
	if err != nil {
		return looseAddresses(validText(value))
	}
	out := make([]Address, 0, len(list))
	for _, a := range list {
		out = append(out, Address{Name: decodeHeader(a.Name), Addr: lowerDomain(a.Address)})
	}
	return out
}

var looseAddress = regexp.MustCompile(`[^\s<>()",;:@]{1,64}@[A-Za-z0-9.-]{1,255}`)

// looseAddresses picks what looks like an address out of a broken list.
func looseAddresses(value string) []Address {
	var out []Address
	for _, m := range looseAddress.FindAllString(value, 100) {
		out = append(out, Address{Addr: lowerDomain(m)})
	}
	return out
}

func lowerDomain(addr string) string {
	i := strings.LastIndexByte(addr, '@')
	if i < 0 {
		return addr
	}
	domain := strings.ToLower(addr[i+1:])
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		domain = ascii
	}
	return addr[:i+1] + domain
}
