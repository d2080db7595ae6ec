package api

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"coachflow/app"
)

// Listed is an operation on a list that can be searched, and paged both ways. What
// orders there are says each list itself.
type Listed struct {
	Search string `query:"search" maxLength:"400" doc:"A part of a name or an address, whatever its case and accents; with fewer than three letters in a row, its beginning. Of more than 100 letters the first ones count."`
	Cursor string `query:"cursor" maxLength:"6000" doc:"next_cursor or previous_cursor of another page of the same list"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (in Listed) query(sort string) app.ListQuery {
	return app.ListQuery{Search: in.Search, Sort: sort, Cursor: in.Cursor, Limit: in.Limit}
}

// listSays explains the order of a list.
func listSays(order string) string {
	return order + " Counts say how many there are with each value of a filter, whatever the other filters, up to 1,000."
}

// ListEngagementsInput asks for engagements.
type ListEngagementsInput struct {
	Listed
	Sort    string    `query:"sort" enum:"urgent,newest,name" default:"urgent"`
	Status  string    `query:"status" enum:"draft,matching,active,paused,completed,cancelled"`
	Coach   uuid.UUID `query:"coach_id"`
	Coachee uuid.UUID `query:"coachee_id"`
	Overdue bool      `query:"overdue" doc:"Only those with an open item whose due date is past."`
	Held    bool      `query:"held" doc:"Only those of which mails are held."`
}

func (in ListEngagementsInput) filter() app.EngagementFilter {
	return app.EngagementFilter{ListQuery: in.query(in.Sort), Status: in.Status, Coach: in.Coach, Coachee: in.Coachee, Overdue: in.Overdue, Held: in.Held}
}

// ListPeopleInput asks for people.
type ListPeopleInput struct {
	Listed
	Sort    string `query:"sort" enum:"urgent,newest,name" default:"urgent"`
	Role    string `query:"role" enum:"admin,coach,coachee"`
	State   string `query:"state" enum:"internal,invited,active"`
	Blocked bool   `query:"blocked" doc:"Only those to whose primary address nothing is sent."`
}

func (in ListPeopleInput) filter() app.PeopleFilter {
	return app.PeopleFilter{ListQuery: in.query(in.Sort), Role: in.Role, State: in.State, Blocked: in.Blocked}
}

// ListNotificationsInput asks for mails.
type ListNotificationsInput struct {
	Listed
	Sort       string    `query:"sort" enum:"urgent,newest" default:"urgent"`
	Engagement uuid.UUID `query:"engagement_id" doc:"Only those of this engagement; only an admin may leave it out."`
	Person     uuid.UUID `query:"person_id" doc:"Only those to this person."`
	State      string    `query:"state" enum:"planned,held,suppressed,sending,sent,delivered,bounced,failed,cancelled,dropped"`
}

func (in ListNotificationsInput) filter() app.MailFilter {
	return app.MailFilter{ListQuery: in.query(in.Sort), Engagement: in.Engagement, Person: in.Person, State: in.State}
}

// ListUploadedFilesInput asks for the files of the library.
type ListUploadedFilesInput struct {
	Listed
	Sort string `query:"sort" enum:"newest,name" default:"newest"`
}

func (in ListUploadedFilesInput) filter() app.LibraryFilter {
	return app.LibraryFilter{ListQuery: in.query(in.Sort)}
}

// ListMessagesInput asks for messages of all streams.
type ListMessagesInput struct {
	Listed
	Sort  string `query:"sort" enum:"urgent,newest" default:"urgent"`
	Waits bool   `query:"waits" doc:"Only those that wait for the coach's answer."`
}

// ListMailsInput asks for mails that came in.
type ListMailsInput struct {
	Listed
	Sort  string `query:"sort" enum:"urgent,newest" default:"urgent"`
	State string `query:"state" enum:"received,posted,filed,taken,duplicate,ignored,quarantined,discarded"`
}

// ListSystemAddressesInput asks for the addresses of all coaches or of one.
type ListSystemAddressesInput struct {
	Listed
	Coach     uuid.UUID `query:"coach_id"`
	Direction string    `query:"direction" enum:"to_client,to_coach"`
}

// ListLibraryInput asks for forms or program templates.
type ListLibraryInput struct {
	Listed
	Sort string `query:"sort" enum:"newest,name" default:"newest"`
}

// SearchInput is what everything is searched for.
type SearchInput struct {
	Text string `query:"text" required:"true" maxLength:"400" doc:"A part of a name or an address, whatever its case and accents."`
}

// listRoutes are the lists that belong to no other thing, and the search over them.
func (s *server) listRoutes() {
	a := s.App
	route(s, http.MethodGet, "/search", "search", "Search", "Find people and engagements",
		func(ctx context.Context, p app.Principal, in *SearchInput) (*Plain[app.Findings], error) {
			return plain(a.Search(ctx, p, in.Text))
		}, says("Eight of each at most, of what you may see: people by name and address, engagements by coachee, coach and name."))
	route(s, http.MethodGet, "/messages", "findMessages", "Streams", "List the messages of all streams that you may see",
		func(ctx context.Context, p app.Principal, in *ListMessagesInput) (*Plain[app.Listing[app.MessageRow]], error) {
			return plain(a.FindMessages(ctx, p, app.MessageFilter{ListQuery: in.query(in.Sort), Waits: in.Waits}))
		}, says(listSays("A search finds them by the names of coach and client. By default those come first that wait for the coach's answer, then the newest.")))
}
