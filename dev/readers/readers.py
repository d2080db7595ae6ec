"""Reads calendars with readers that are not ours, and says what they read.

Standard input is a JSON list of calendars, standard output a JSON list of what each says.
"python" reads with the package icalendar, its times by the VTIMEZONE in the calendar;
"libical" says how many faults libical finds, and whether it takes the calendar as right for
its method.
"""
import ctypes
import json
import sys


def with_icalendar(text):
    import pytz
    from icalendar import Calendar

    calendar = Calendar.from_ical(text)
    zones = {str(z["TZID"]): z.to_tz() for z in calendar.walk("VTIMEZONE")}
    events = []
    for event in calendar.walk("VEVENT"):
        def moment(name):
            value = event[name]
            tzid = value.params.get("TZID")
            if tzid is None:
                return value.dt.isoformat() if hasattr(value.dt, "hour") else value.dt.isoformat() + "T00:00:00Z"
            wall = value.dt.replace(tzinfo=None)
            return zones[tzid].localize(wall).astimezone(pytz.utc).isoformat()

        people = event.get("ATTENDEE", [])
        people = people if isinstance(people, list) else [people]
        events.append({
            "uid": str(event["UID"]),
            "sequence": int(event["SEQUENCE"]),
            "stamp": event["DTSTAMP"].dt.isoformat(),
            "start": moment("DTSTART"),
            "end": moment("DTEND") if "DTEND" in event else "0001-01-01T00:00:00Z",
            "title": str(event["SUMMARY"]),
            "text": str(event.get("DESCRIPTION", "")),
            "place": str(event.get("LOCATION", "")),
            "url": str(event.get("URL", "")),
            "status": str(event["STATUS"]),
            "transparency": str(event["TRANSP"]),
            "organizer": str(event.get("ORGANIZER", "")),
            "attendees": [[str(p), str(p.params.get("CN", ""))] for p in people],
        })
    return {"method": str(calendar["METHOD"]), "zones": sorted(zones), "events": events}


def with_libical(text):
    lib = ctypes.CDLL("libical.so.3")
    lib.icalparser_parse_string.restype = ctypes.c_void_p
    lib.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    lib.icalcomponent_count_errors.argtypes = [ctypes.c_void_p]
    lib.icalrestriction_check.argtypes = [ctypes.c_void_p]
    calendar = lib.icalparser_parse_string(text.encode())
    if not calendar:
        return {"faults": -1, "right": False}
    return {"faults": lib.icalcomponent_count_errors(calendar), "right": lib.icalrestriction_check(calendar) == 1}


read = {"python": with_icalendar, "libical": with_libical}[sys.argv[1]]
json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
