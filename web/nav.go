package web

import (
	"coachflow/app"
)

// crumb is a page above the present one.
type crumb struct{ Label, URL string }

// navItem leads to a page. Count is how much waits there for the reader, and CountOf
// says of what.
type navItem struct {
	Label, URL, Key, Icon string
	Count                 int
	CountOf               string
}

// area is an entry of the sidebar, with its pages where it has several.
type area struct {
	navItem
	Pages []navItem
}

func single(label, url, key, icon string) area {
	return area{navItem: navItem{Label: label, URL: url, Key: key, Icon: icon}}
}

func several(label, key, icon string, pages ...navItem) area {
	return area{navItem: navItem{Label: label, URL: pages[0].URL, Key: key, Icon: icon}, Pages: pages}
}

// The pages that are entries of areas.
var (
	messagesPage  = navItem{Label: "Messages", URL: "/streams", Key: "streams"}
	mailsOfAll    = navItem{Label: "Mails", URL: "/mails", Key: "mails"}
	quarantineAll = navItem{Label: "Quarantine", URL: "/quarantine", Key: "quarantine"}
	formsAll      = navItem{Label: "Forms", URL: "/forms", Key: "forms"}
	filesAll      = navItem{Label: "Files", URL: "/files", Key: "files"}
	programsAll   = navItem{Label: "Programs", URL: "/templates", Key: "templates"}
	lettersAll    = navItem{Label: "Letters", URL: "/settings/letters", Key: "letters"}
	generalPage   = navItem{Label: "General", URL: "/settings", Key: "settings"}
	remindersAll  = navItem{Label: "Reminders", URL: "/settings/reminders", Key: "reminders"}
	addressesAll  = navItem{Label: "System addresses", URL: "/addresses", Key: "addresses"}
	keysPage      = navItem{Label: "API keys", URL: "/settings/api-keys", Key: "api-keys"}
)

// areasOf is the sidebar by who is logged in: only what they may use.
func areasOf(p app.Principal) []area {
	switch {
	case p.Admin():
		return []area{single("Engagements", "/", "engagements", "target"), single("People", "/people", "people", "users"),
			several("Inbox", "inbox", "inbox", messagesPage, mailsOfAll, quarantineAll),
			several("Library", "library", "books", formsAll, programsAll, filesAll, lettersAll),
			several("Settings", "settings-area", "settings", generalPage, remindersAll, addressesAll, keysPage)}
	case p.Coach():
		return []area{single("Engagements", "/", "engagements", "target"), single("Messages", "/streams", "streams", "messages"),
			single("Availability", "/availability", "availability", "calendar-event"), several("Library", "library", "books", formsAll, filesAll), single("Addresses", "/addresses", "addresses", "mail")}
	}
	return []area{single("My coaching", "/", "engagements", "target"), single("Messages", "/streams", "streams", "messages")}
}

// placeOf finds a page among the areas of somebody. A page that is in none has no place.
func placeOf(p app.Principal, key string) (area, navItem) {
	for _, a := range areasOf(p) {
		if a.Key == key {
			return a, a.navItem
		}
		for _, page := range a.Pages {
			if page.Key == key {
				return a, page
			}
		}
	}
	return area{}, navItem{}
}

// nav is the sidebar of the reader with its counts.
func (v *request) nav() []navItem {
	var items []navItem
	for _, a := range areasOf(v.who) {
		item := a.navItem
		for _, page := range v.counted(a.Pages) {
			item.Count += page.Count
			item.CountOf = page.CountOf
		}
		items = append(items, item)
	}
	return items
}

// counted adds to pages how much waits there.
func (v *request) counted(pages []navItem) []navItem {
	out := make([]navItem, len(pages))
	copy(out, pages)
	for i := range out {
		if out[i].Key == quarantineAll.Key {
			out[i].Count, out[i].CountOf = v.waiting.Quarantined, "mails in quarantine"
		}
	}
	return out
}
