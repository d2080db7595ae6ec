package coaching

import "time"

// How far from now a moment may lie that a person gives, in years. Nobody plans
// further, and a moment beyond the year 9999, which a date near the end of that
// year becomes west of Greenwich, could be stored and never be written out again.
const (
	yearsPast   = 10
	yearsFuture = 20
)

// CheckMoment refuses a moment that no plan of a person's has: more than 10 years
// ago, or more than 20 ahead. It looks at the moment itself, so a time of somebody's
// clock is put into their zone first. path is where it stands in the input. Times in
// answers to forms are calendar dates of any year, and are not asked about here.
func CheckMoment(at, now time.Time, path string) *Problem {
	at, now = at.UTC(), now.UTC()
	if first, last := now.AddDate(-yearsPast, 0, 0), now.AddDate(yearsFuture, 0, 0); !at.Before(first) && !at.After(last) {
		return nil
	}
	return Problemf(Invalid, "date_out_of_range", "A date lies between %d years ago and %d years from now; choose one of these.", yearsPast, yearsFuture).
		WithField(path, "date_out_of_range", "not between %d years ago and %d years from now", yearsPast, yearsFuture)
}

// CheckDates refuses dates of a specification that no plan has, for which no zone is
// known yet: a template, which is laid out for somebody later. The moments are looked
// at once more when they are.
func (s ItemSpec) CheckDates(now time.Time, path string) *Problem {
	if at := s.Release.At; at != nil {
		if p := CheckMoment(at.In(time.UTC), now, path+".release.at"); p != nil {
			return p
		}
	}
	if s.Due != nil && s.Due.At != nil {
		return CheckMoment(s.Due.At.In(time.UTC), now, path+".due.at")
	}
	return nil
}
