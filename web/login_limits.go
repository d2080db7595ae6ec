package web

import (
	"time"

	"coachflow/coaching"
	"coachflow/web/limit"
)

// How many tries to log in fail before the next ones are slowed down, and how far. A
// try that succeeds costs nothing. All of this holds for this process.
var (
	// ownRate is for one address from one place, and for one person in one known device.
	ownRate = limit.Rate{Burst: 5, Every: 12 * time.Second}
	// placeRate and placeDayRate are for one place, whatever addresses are tried: the
	// first slows it down, the second keeps it out.
	placeRate    = limit.Rate{Burst: 30, Every: 6 * time.Second}
	placeDayRate = limit.Rate{Burst: 150, Every: 5 * time.Minute}
	// addressRate is for one address, from wherever it is tried.
	addressRate = limit.Rate{Burst: 50, Every: 5 * time.Minute}

	// The page for who forgot their password: resetRate is for one place, quietRate for
	// one address.
	resetRate = limit.Rate{Burst: 20, Every: 12 * time.Second}
	quietRate = limit.Rate{Burst: 3, Every: 30 * time.Second}
)

// mostBuckets bounds the memory of each limit.
const mostBuckets = 20000

// loginLimits are the limits on what costs a password hash or can be guessed. What is
// counted of strangers is apart from what is counted of people who are known, so that
// nobody is kept out by strangers.
type loginLimits struct {
	*limit.Limits
	own, address, place, placeDay *limit.Table // strangers
	owners                        *limit.Table // who is known
	reset, quiet                  *limit.Table
}

func newLoginLimits(now func() time.Time) *loginLimits {
	table := func(rate limit.Rate) *limit.Table { return limit.NewTable(rate, mostBuckets) }
	return &loginLimits{Limits: limit.New(now), own: table(ownRate), address: table(addressRate), place: table(placeRate), placeDay: table(placeDayRate),
		owners: table(ownRate), reset: table(resetRate), quiet: table(quietRate)}
}

// login is a try to log in with an address.
func (l *loginLimits) login(address, place string, device coaching.Device) []limit.Claim {
	if device.Known() {
		return []limit.Claim{l.owners.Of("login " + device.Person.String() + " " + device.ID.String())}
	}
	return []limit.Claim{l.place.Of(place), l.placeDay.Of(place), l.own.Of(address + " " + place), l.address.Of(address)}
}

// forgot is a try to be sent a link for a new password.
func (l *loginLimits) forgot(place string, device coaching.Device) limit.Claim {
	if device.Known() {
		return l.owners.Of("forgot " + device.Person.String() + " " + device.ID.String())
	}
	return l.reset.Of(place)
}
