package app

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/google/uuid"

	"coachflow/coaching"
	"coachflow/db/rows"
	"coachflow/program"
)

// Organization is the tenant.
type Organization struct {
	ID          uuid.UUID `json:"id"`
	Name        string    `json:"name"`
	TimeZone    string    `json:"time_zone"`
	UndoSeconds int       `json:"undo_seconds" doc:"How long a send by hand can be taken back."`
	// ContactSuffix stands behind the names of contacts for system addresses.
	ContactSuffix string `json:"contact_suffix" doc:"Stands behind the names of the contacts that are sent for system addresses."`
	// BrandColor is the colour of pages and mails; what cannot be read is darkened.
	BrandColor string `json:"brand_color" doc:"The colour of the organization's pages and mails, as #rrggbb. Where words on it could not be read, a darker one of its hue is used."`
	// Logo is the path of the logo, from the address of the pages.
	Logo string `json:"logo_path,omitempty" doc:"Where the organization's logo is, as a path; absent where it has none."`
	// ReplyAddress is where replies to letters go that belong to no conversation.
	ReplyAddress string `json:"reply_address" doc:"Where replies to mails go that belong to no conversation; empty: to an address that nobody reads, which answers once a day with what to do."`
	// OnwardPerHour is how many messages of one person to one other go on by mail at once.
	OnwardPerHour int `json:"onward_per_hour" doc:"How many messages of one person to one other go on by mail within an hour; more of them wait, and leave one every two minutes."`
	// SessionsHeldByThemselves lets a session count as held 24 hours after its end, and
	// SessionNoticeHours is how long before its start an attendee can last cancel one.
	SessionsHeldByThemselves bool `json:"sessions_held_by_themselves" doc:"Whether a session counts as held 24 hours after its end, where nobody has said what became of it."`
	SessionNoticeHours       int  `json:"session_notice_hours" doc:"How many hours before its start an attendee can last cancel a session."`
	// AttendeesSeeEachOther tells those who attend a session who else does.
	AttendeesSeeEachOther bool `json:"attendees_see_each_other" doc:"Whether mails about a session and its entry in calendars tell its attendees who else attends, with addresses."`
	// Ratings is what coachee and coach are asked after each session.
	Ratings coaching.RatingSettings `json:"ratings" doc:"What coachee and coach are asked after each session."`
	// WorkingHours are the hours in which reminders leave.
	WorkingHours coaching.WorkingHours `json:"working_hours" doc:"In which hours and on which days reminders leave, on the clock of their reader."`
}

// GetOrganization reads the principal's organization.
func (a *App) GetOrganization(ctx context.Context, p Principal) (Organization, error) {
	var out Organization
	err := a.inOrg(ctx, p, func(q *rows.Queries) error {
		row, err := q.OrganizationGet(ctx, p.Org)
		if err != nil {
			return wrap(err, "read organization")
		}
		out = Organization{ID: row.OrgID, Name: row.Name, TimeZone: row.TimeZone, UndoSeconds: int(row.UndoSeconds), ContactSuffix: row.ContactSuffix, BrandColor: row.BrandColor, Logo: coaching.LogoPath(row.OrgID, row.Logo),
			ReplyAddress: row.ReplyAddress, OnwardPerHour: int(row.OnwardPerHour),
			SessionsHeldByThemselves: row.SessionsHeldByThemselves, SessionNoticeHours: int(row.SessionNoticeHours), AttendeesSeeEachOther: row.AttendeesSeeEachOther, WorkingHours: coaching.DefaultWorkingHours}
		if out.Ratings, err = program.RatingsOf(row.Ratings); err != nil {
			return err
		}
		if row.WorkingHours != nil {
			out.WorkingHours = coaching.WorkingHours{} // the default shares its days with everybody
			err = json.Unmarshal(row.WorkingHours, &out.WorkingHours)
		}
		return wrap(err, "read working hours")
	})
	return out, err
}

// OrganizationInput is what an admin can set.
type OrganizationInput struct {
	Name        string `json:"name" minLength:"1" maxLength:"200"`
	TimeZone    string `json:"time_zone"`
	UndoSeconds int    `json:"undo_seconds" minimum:"0" maximum:"3600"`
	// ContactSuffix is kept as it is where it is left out.
	ContactSuffix *string `json:"contact_suffix,omitempty" maxLength:"60" doc:"Stands behind the names of the contacts that are sent for system addresses; as it was where it is left out."`
	// BrandColor is kept as it is where it is left out.
	BrandColor *string `json:"brand_color,omitempty" maxLength:"7" doc:"The colour of the organization's pages and mails, as #rrggbb; as it was where it is left out."`
	// ReplyAddress and OnwardPerHour stay as they are where they are left out.
	ReplyAddress  *string `json:"reply_address,omitempty" maxLength:"254" doc:"Where replies to mails go that belong to no conversation; empty for nobody's mailbox. It must not be one of this system."`
	OnwardPerHour *int    `json:"onward_per_hour,omitempty" minimum:"1" maximum:"100000" doc:"How many messages of one person to one other go on by mail within an hour; more of them wait."`
	// SessionsHeldByThemselves and SessionNoticeHours stay as they are where they are left
	// out. The first acts on sessions that are scheduled or moved from then on.
	SessionsHeldByThemselves *bool `json:"sessions_held_by_themselves,omitempty" doc:"Whether a session counts as held 24 hours after its end, where nobody has said what became of it. It acts on sessions that are scheduled or moved from then on."`
	SessionNoticeHours       *int  `json:"session_notice_hours,omitempty" minimum:"0" maximum:"720" doc:"How many hours before its start an attendee can last cancel a session."`
	// AttendeesSeeEachOther stays as it is where it is left out.
	AttendeesSeeEachOther *bool `json:"attendees_see_each_other,omitempty" doc:"Whether mails about a session and its entry in calendars tell its attendees who else attends, with addresses. Nothing is mailed for it: the next mail says so."`
	// Ratings is as it was where it is left out.
	Ratings *coaching.RatingSettings `json:"ratings,omitempty" doc:"What coachee and coach are asked after each session that is held from then on; as it was where it is left out."`
	// WorkingHours are the hours in which reminders leave; as they were where they are
	// left out.
	WorkingHours *coaching.WorkingHours `json:"working_hours,omitempty" doc:"In which hours and on which days reminders leave, on the clock of their reader. Reminders that are planned already stay as they are."`
}

// UpdateOrganization sets name, zone and the time for taking back.
func (a *App) UpdateOrganization(ctx context.Context, p Principal, in OrganizationInput) (Organization, error) {
	if err := adminOnly(p); err != nil {
		return Organization{}, err
	}
	if problem := in.check(a.Inbox.Domain); problem != nil {
		return Organization{}, problem
	}
	ratings, err := in.ratings()
	if err != nil {
		return Organization{}, err
	}
	err = a.inOrg(ctx, p, func(q *rows.Queries) error {
		_, err := q.OrganizationUpdate(ctx, rows.OrganizationUpdateParams{OrgID: p.Org, Name: in.Name, TimeZone: in.TimeZone, UndoSeconds: int32(in.UndoSeconds), ContactSuffix: in.ContactSuffix,
			BrandColor: in.BrandColor, ReplyAddress: in.ReplyAddress, OnwardPerHour: in.onwardPerHour(),
			SessionsHeldByThemselves: in.SessionsHeldByThemselves, SessionNoticeHours: in.sessionNoticeHours(), AttendeesSeeEachOther: in.AttendeesSeeEachOther, Ratings: ratings})
		if err != nil || in.WorkingHours == nil {
			return wrap(err, "update organization")
		}
		hours, err := json.Marshal(in.WorkingHours)
		if err != nil {
			return wrap(err, "write working hours")
		}
		return wrap(q.OrganizationSetHours(ctx, p.Org, hours), "set working hours")
	})
	if err != nil {
		return Organization{}, err
	}
	return a.GetOrganization(ctx, p)
}

func (in *OrganizationInput) onwardPerHour() *int32 {
	if in.OnwardPerHour == nil {
		return nil
	}
	return new(int32(*in.OnwardPerHour))
}

func (in *OrganizationInput) sessionNoticeHours() *int32 {
	if in.SessionNoticeHours == nil {
		return nil
	}
	return new(int32(*in.SessionNoticeHours))
}

// ratings are as they are stored; nil: as they were.
func (in *OrganizationInput) ratings() ([]byte, error) {
	if in.Ratings == nil {
		return nil, nil
	}
	stored, err := json.Marshal(in.Ratings)
	return stored, wrap(err, "write what is asked after sessions")
}

// checkReplyAddress cleans the reply address, and refuses one at which mail would come
// back to us (R20). inbound is the domain of such.
func (in *OrganizationInput) checkReplyAddress(inbound string) (err error) {
	if in.ReplyAddress == nil {
		return nil
	}
	if *in.ReplyAddress = strings.TrimSpace(*in.ReplyAddress); *in.ReplyAddress == "" {
		return nil
	}
	if *in.ReplyAddress, err = coaching.EmailAddress(*in.ReplyAddress); err != nil {
		if problem, is := coaching.AsProblem(err); is {
			problem.Fields = nil // the field is not called "email" here
		}
		return err
	}
	if coaching.IsOwn(*in.ReplyAddress, inbound) {
		return coaching.Problemf(coaching.Invalid, "reply_address_is_system_address", "%s is an address of this system, at which nobody reads mail. Enter one of the organization's own.", *in.ReplyAddress)
	}
	return nil
}

// check cleans the input, and refuses what cannot be, with all faults at once. A single
// one keeps its own code. inbound is the domain of our own addresses.
func (in *OrganizationInput) check(inbound string) *coaching.Problem {
	var found []*coaching.Problem
	add := func(err error, path string) {
		problem, is := coaching.AsProblem(err)
		if !is {
			return
		}
		if len(problem.Fields) == 0 {
			problem.WithField(path, problem.Code, "%s", problem.Message)
		}
		found = append(found, problem)
	}
	var err error
	in.Name, err = coaching.CleanName("An organization", in.Name)
	add(err, "name")
	_, err = coaching.Zone(in.TimeZone)
	add(err, "time_zone")
	if in.UndoSeconds < 0 || in.UndoSeconds > 3600 {
		add(coaching.Problemf(coaching.Invalid, "undo_seconds_invalid", "The time for taking a mail back is 0 to 3600 seconds."), "undo_seconds")
	}
	if in.ContactSuffix != nil && trimSuffix(in.ContactSuffix) != nil {
		add(coaching.Problemf(coaching.Invalid, "contact_suffix_invalid", "What stands behind the names of contacts is at most 60 characters on one line, all of which can be seen."), "contact_suffix")
	}
	if in.BrandColor != nil {
		*in.BrandColor, err = coaching.CleanColor(*in.BrandColor)
		add(err, "brand_color")
	}
	add(in.checkReplyAddress(inbound), "reply_address")
	if n := in.OnwardPerHour; n != nil && (*n < 1 || *n > 100000) {
		add(coaching.Problemf(coaching.Invalid, "onward_per_hour_invalid", "Between 1 and 100000 messages can go on within an hour."), "onward_per_hour")
	}
	if n := in.SessionNoticeHours; n != nil && (*n < 0 || *n > coaching.MaxNoticeHours) {
		add(coaching.Problemf(coaching.Invalid, "session_notice_hours_invalid", "The minimum notice of a session is 0 to %d hours.", coaching.MaxNoticeHours), "session_notice_hours")
	}
	if in.Ratings != nil {
		if problem := in.Ratings.Clean("ratings"); problem != nil {
			found = append(found, problem)
		}
	}
	if in.WorkingHours != nil {
		if problem := in.WorkingHours.Check("working_hours"); problem != nil {
			found = append(found, problem)
		}
	}
	return together(found, "organization_invalid", "Some of these settings cannot be; the fields say what to change.")
}

// together makes one problem of several.
func together(found []*coaching.Problem, code, message string) *coaching.Problem {
	switch len(found) {
	case 0:
		return nil
	case 1:
		return found[0]
	}
	all := coaching.Problemf(coaching.Invalid, code, "%s", message)
	for _, problem := range found {
		all.Fields = append(all.Fields, problem.Fields...)
	}
	return all
}
