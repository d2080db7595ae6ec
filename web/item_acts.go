package web

import (
	"strconv"
)

// actOnItem runs one command and goes back to the item.
func actOnItem(v *request, act func(itemView) error, done func(itemView) string) error {
	item, _, err := v.item()
	if err != nil {
		return err
	}
	v.back = item.anchor()
	if err := act(item); err != nil {
		return err
	}
	return v.done(item.anchor(), done(item))
}

func sendItem(v *request) error {
	return actOnItem(v, func(i itemView) error {
		_, err := v.app().SendItem(v.ctx, v.who, i.ID)
		return err
	}, func(i itemView) string {
		return "“" + i.Title + "” leaves in " + strconv.Itoa(v.org.UndoSeconds) + " seconds. Until then you can take it back."
	})
}

func takeItemBack(v *request) error {
	return actOnItem(v, func(i itemView) error {
		_, err := v.app().TakeItemBack(v.ctx, v.who, i.ID)
		return err
	}, func(i itemView) string { return "“" + i.Title + "” is taken back. Nothing was sent." })
}

func skipItem(v *request) error {
	if v.posted() {
		return actOnItem(v, func(i itemView) error {
			_, err := v.app().SkipItem(v.ctx, v.who, i.ID)
			return err
		}, func(i itemView) string { return "“" + i.Title + "” is skipped." })
	}
	item, _, err := v.item()
	if err != nil {
		return err
	}
	return v.confirm("engagements", confirmation{Title: "Skip “" + item.Title + "”?", Action: item.URL("skip"), Button: "Skip it", Back: item.anchor(),
		Lines: []string{"It ends as it is, and nobody is reminded of it any more.", "If the item after it waits for this one, it goes out by its rule. You can reopen this one later."}})
}

func reopenItem(v *request) error {
	if v.posted() {
		return actOnItem(v, func(i itemView) error {
			_, err := v.app().ReopenItem(v.ctx, v.who, i.ID)
			return err
		}, func(i itemView) string { return "“" + i.Title + "” is open again." })
	}
	item, _, err := v.item()
	if err != nil {
		return err
	}
	line := "It was never sent. It waits again, to be sent by hand."
	if item.issued() {
		line = "The recipients can answer again, by the link that they have, in a new round. Earlier answers are kept. No mail is sent by this; use “Send again” for that."
	}
	return v.confirm("engagements", confirmation{Title: "Reopen “" + item.Title + "”?", Action: item.URL("reopen"), Button: "Reopen it", Back: item.anchor(),
		Lines: []string{line, "What was sent after it stays sent."}})
}

func holdReminders(held bool) handler {
	return func(v *request) error {
		recipient, err := v.id("recipient")
		if err != nil {
			return err
		}
		return actOnItem(v, func(i itemView) error {
			_, err := v.app().HoldFollowUp(v.ctx, v.who, i.ID, recipient, held)
			return err
		}, func(itemView) string {
			if held {
				return "Reminders to this recipient are held."
			}
			return "Reminders to this recipient go out again."
		})
	}
}
