package coaching

import "time"

// SlotWeek are the days with slots of one week from Monday to Sunday.
type SlotWeek struct {
	Days []SlotDay
	// Earlier and Later are the Mondays of the weeks before and after it that have slots;
	// empty: there is none.
	Earlier, Later Date
}

// WeekOfSlots is the week of a date among days in order or, where that has no slots, the
// next one that has some; at the end the last one. An empty date is the first one.
func WeekOfSlots(days []SlotDay, date Date) SlotWeek {
	var week SlotWeek
	chosen := Date("")
	for _, day := range days {
		chosen = day.Date.Monday()
		if chosen >= date.Monday() {
			break
		}
	}
	for _, day := range days {
		switch monday := day.Date.Monday(); {
		case monday < chosen:
			week.Earlier = monday
		case monday == chosen:
			week.Days = append(week.Days, day)
		case week.Later == "":
			week.Later = monday
		}
	}
	return week
}

// Monday is the first day of the date's week; empty for what is no date.
func (d Date) Monday() Date {
	wall, is := d.wall()
	if !is {
		return ""
	}
	return DateOf(wall.AddDate(0, 0, -(int(wall.Weekday())+6)%7))
}

// Labels are the times of day of the slots. One that the clock shows twice on this day is
// told apart by the name that the zone has then.
func (d SlotDay) Labels() []string {
	count := map[string]int{}
	clock := func(at time.Time) string { return at.Format("15:04") }
	for _, at := range d.Slots {
		count[clock(at)]++
	}
	labels := make([]string, len(d.Slots))
	for i, at := range d.Slots {
		if labels[i] = clock(at); count[labels[i]] > 1 {
			labels[i] = at.Format("15:04 MST")
		}
	}
	return labels
}
