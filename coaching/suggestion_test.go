package coaching

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSuggest(t *testing.T) {
	zone := func(name string) *time.Location {
		loc, err := time.LoadLocation(name)
		require.NoError(t, err)
		return loc
	}
	winter, summer := time.Date(2027, 1, 15, 12, 0, 0, 0, time.UTC), time.Date(2027, 7, 15, 12, 0, 0, 0, time.UTC)
	berlin := zone("Europe/Berlin")
	all := CoachProfile{Languages: []string{"German", "English"}, Specialities: []string{"Health care", "First lead"}, Places: []string{"Berlin"}, Remote: true, Capacity: 4}
	check := func(name string, w MatchingWishes, c Candidate, coachee string, now time.Time, score int, words ...string) {
		t.Helper()
		got := w.Suggest(c, zone(coachee), now)
		require.Equal(t, score, got.Score, "%s: %v", name, got.Reasons)
		var said []string
		for _, r := range got.Reasons {
			require.GreaterOrEqual(t, r.Of, r.Points, name)
			require.GreaterOrEqual(t, r.Points, 0, name)
			said = append(said, r.Words)
		}
		for _, want := range words {
			require.Contains(t, said, want, name)
		}
	}
	wishes := MatchingWishes{Languages: []string{"german"}, Specialities: []string{"Health care"}, Place: "berlin"}
	check("fits in everything", wishes, Candidate{all, berlin, 20, 0}, "Europe/Berlin", winter, 100,
		"languages in common: german", "specialities in common: Health care", "meets in berlin", "8 of the 8 hours of a working day in common",
		"20 free times in the next two weeks", "room for 4 more of 4")
	check("fits in nothing", MatchingWishes{Languages: []string{"Turkish"}, Specialities: []string{"Sales"}, Place: "Oslo"}, Candidate{CoachProfile{Capacity: 1}, zone("Pacific/Auckland"), 0, 1}, "Europe/Berlin", winter, 0,
		"none of the languages in common", "does not meet in Oslo", "0 of the 8 hours of a working day in common", "0 free times in the next two weeks", "room for 0 more of 1")
	check("nothing is wished: slots, zone and load make up the whole", MatchingWishes{}, Candidate{all, berlin, 5, 2}, "Europe/Berlin", winter, 67, "5 free times in the next two weeks", "room for 2 more of 4")
	check("no capacity is set: load is left out", MatchingWishes{}, Candidate{CoachProfile{}, berlin, 1, 90}, "Europe/Berlin", winter, 55, "1 free time in the next two weeks")
	check("more clients than the capacity", MatchingWishes{}, Candidate{CoachProfile{Capacity: 2}, berlin, 0, 7}, "Europe/Berlin", winter, 33, "room for 0 more of 2")
	check("half of the languages", MatchingWishes{Languages: []string{"English", "French"}}, Candidate{CoachProfile{Languages: []string{"ENGLISH"}}, berlin, 10, 0}, "Europe/Berlin", winter, 70, "languages in common: English")
	check("from afar is half of a place", MatchingWishes{Place: "Oslo"}, Candidate{CoachProfile{Remote: true}, berlin, 10, 0}, "Europe/Berlin", winter, 83, "not in Oslo, but from afar")
	check("across the date line the zones are an hour apart", MatchingWishes{}, Candidate{CoachProfile{}, zone("Pacific/Apia"), 10, 0}, "Pacific/Pago_Pago", winter, 100)
	check("New York in summer", MatchingWishes{}, Candidate{CoachProfile{}, zone("America/New_York"), 10, 0}, "Europe/Berlin", summer, 60, "2 of the 8 hours of a working day in common")
	check("a zone of half hours", MatchingWishes{}, Candidate{CoachProfile{}, zone("Asia/Kolkata"), 10, 0}, "Europe/Berlin", summer, 80, "5 of the 8 hours of a working day in common")
}

func TestCandidate_Full(t *testing.T) {
	require.False(t, Candidate{Clients: 1000}.Full(), "no limit is set")
	require.True(t, Candidate{Profile: CoachProfile{Capacity: 2}, Clients: 2}.Full())
	require.False(t, Candidate{Profile: CoachProfile{Capacity: 2}, Clients: 1}.Full())
}

func TestCoachProfile_Clean(t *testing.T) {
	p := CoachProfile{Headline: "  Leads ", Languages: []string{" German ", "german", "", "Swiss German"}, Capacity: 3}
	require.Nil(t, p.Clean("body"))
	require.Equal(t, CoachProfile{Headline: "Leads", Languages: []string{"German", "Swiss German"}, Capacity: 3}, p)
	bad := CoachProfile{Headline: "two\nlines", Biography: "\x00", Languages: []string{"ok", "a\x07b"}, Capacity: -1}
	problem := bad.Clean("body")
	require.NotNil(t, problem)
	var paths []string
	for _, f := range problem.Fields {
		paths = append(paths, f.Path)
	}
	require.Equal(t, []string{"body.headline", "body.biography", "body.languages[1]", "body.capacity"}, paths)
}
