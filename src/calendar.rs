//! The planned activities as a calendar file (RFC 5545).
//!
//! Owns the turn from the profile's calendar into events, and the time zones of the states. Refuses
//! to look at a clock: every date comes from the profile. Items without a day and a time are left out.

use icalendar::{Component, Event, EventStatus, Property};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The time zone of a state or territory.
struct Zone {
    /// Its name in the IANA list.
    name: &'static str,
    /// Standard time: name and distance from UTC.
    standard: (&'static str, &'static str),
    /// Daylight saving time, if there is any: first Sunday of October to first Sunday of April.
    daylight: Option<(&'static str, &'static str)>,
}

const EAST: (&str, &str) = ("AEST", "+1000");
const EAST_SUMMER: Option<(&str, &str)> = Some(("AEDT", "+1100"));

/// States and territories with their zones.
const ZONES: [(&str, Zone); 8] = [
    ("ACT", Zone { name: "Australia/Sydney", standard: EAST, daylight: EAST_SUMMER }),
    ("NSW", Zone { name: "Australia/Sydney", standard: EAST, daylight: EAST_SUMMER }),
    ("NT", Zone { name: "Australia/Darwin", standard: ("ACST", "+0930"), daylight: None }),
    ("QLD", Zone { name: "Australia/Brisbane", standard: EAST, daylight: None }),
    (
        "SA",
        Zone { name: "Australia/Adelaide", standard: ("ACST", "+0930"), daylight: Some(("ACDT", "+1030")) },
    ),
    ("TAS", Zone { name: "Australia/Hobart", standard: EAST, daylight: EAST_SUMMER }),
    ("VIC", Zone { name: "Australia/Melbourne", standard: EAST, daylight: EAST_SUMMER }),
    ("WA", Zone { name: "Australia/Perth", standard: ("AWST", "+0800"), daylight: None }),
];

/// Makes the calendar file of a profile; `name` is what calendar programs show.
pub fn calendar(profile: &Value, name: &str) -> Vec<u8> {
    let state = profile.pointer("/organisation/jurisdiction").and_then(Value::as_str).unwrap_or_default();
    let zone = ZONES.iter().find(|z| z.0 == state).map(|z| &z.1);
    let stamp = stamp(profile);
    let items = profile.get("calendar").and_then(Value::as_array).into_iter().flatten();
    let mut events: Vec<(DateTime, String)> =
        items.filter_map(|item| event(&Plan { profile, item, zone, stamp, name })).collect();
    events.sort();

    let mut out = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//evipack//evipack//EN\r\n");
    out.push_str(&format!("CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nX-WR-CALNAME:{name}\r\n"));
    if let Some(zone) = zone {
        out.push_str(&zone.component());
    }
    events.iter().for_each(|(_, event)| out.push_str(event));
    out.push_str("END:VCALENDAR\r\n");
    out.into_bytes()
}

impl Zone {
    fn component(&self) -> String {
        let (name, offset) = self.standard;
        let part = |kind: &str, start: &str, (from, to, name): (&str, &str, &str), rule: &str| {
            format!(
                "BEGIN:{kind}\r\nDTSTART:{start}\r\nTZOFFSETFROM:{from}\r\nTZOFFSETTO:{to}\r\nTZNAME:{name}\r\n{rule}END:{kind}\r\n"
            )
        };
        let parts = match self.daylight {
            None => part("STANDARD", "19700101T000000", (offset, offset, name), ""),
            Some((summer, shifted)) => {
                let rule = |month: u8| format!("RRULE:FREQ=YEARLY;BYMONTH={month};BYDAY=1SU\r\n");
                part("STANDARD", "20080406T030000", (shifted, offset, name), &rule(4))
                    + &part("DAYLIGHT", "20081005T020000", (offset, shifted, summer), &rule(10))
            }
        };
        format!("BEGIN:VTIMEZONE\r\nTZID:{}\r\n{parts}END:VTIMEZONE\r\n", self.name)
    }
}

/// An item of the profile's calendar with all that its event needs.
struct Plan<'a> {
    profile: &'a Value,
    item: &'a Value,
    zone: Option<&'a Zone>,
    stamp: Date,
    name: &'a str,
}

impl Plan<'_> {
    fn text(&self, name: &str) -> &str {
        self.item.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns the name of what an id of the item refers to.
    fn named(&self, list: &str, id: &str) -> Option<String> {
        let id = self.text(id);
        let items = self.profile.get(list).and_then(Value::as_array)?;
        let item = items.iter().find(|i| i.get("id").and_then(Value::as_str) == Some(id))?;
        item.get("name").and_then(Value::as_str).map(plain)
    }

    fn moment(&self, name: &str, at: DateTime) -> Property {
        let mut property = Property::new(name, at.strftime("%Y%m%dT%H%M%S").to_string());
        if let Some(zone) = self.zone {
            property.add_parameter("TZID", zone.name);
        }
        property
    }

    fn summary(&self) -> String {
        let topic = plain(self.text("topic"));
        match self.named("platforms", "platform_id") {
            Some(platform) => format!("{platform}: {topic}"),
            None => topic,
        }
    }

    fn description(&self) -> String {
        let line = |label: &str, value: Option<String>| {
            Some(format!("{label}: {}", value.filter(|v| !v.is_empty())?))
        };
        let lines = [
            line("Type", Some(plain(self.text("type")))),
            line("Audience", self.named("audiences", "audience_id")),
            line("Author", self.named("personnel", "author_id")),
            line("Approver", self.named("personnel", "approver_id")),
            line("Asset", Some(plain(self.text("asset")))),
            line("Status", Some(plain(self.text("status")))),
        ];
        lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    /// Returns an id that stays the same when the item is moved or reworded, so that a calendar
    /// program updates its event.
    fn uid(&self) -> String {
        let item = match self.text("id") {
            "" => self.item.to_string(),
            id => id.to_owned(),
        };
        let digest = Sha256::digest(format!("{}\n{item}", self.name));
        let hex: String = digest.iter().take(16).map(|b| format!("{b:02x}")).collect();
        format!("{hex}@evipack")
    }
}

fn event(plan: &Plan<'_>) -> Option<(DateTime, String)> {
    let day: Date = plan.text("on").parse().ok()?;
    let time: Time = Some(plan.text("at")).filter(|t| t.len() == 5)?.parse().ok()?;
    let start = day.to_datetime(time);
    let end = start.checked_add(15.minutes()).ok()?;
    let status = match plan.text("status") {
        "approved" | "published" => EventStatus::Confirmed,
        "withdrawn" => EventStatus::Cancelled,
        _ => EventStatus::Tentative,
    };
    let mut event = Event::with_uid(&plan.uid());
    event
        .add_property("DTSTAMP", plan.stamp.strftime("%Y%m%dT000000Z").to_string())
        .append_property(plan.moment("DTSTART", start))
        .append_property(plan.moment("DTEND", end))
        .summary(&plan.summary())
        .description(&plan.description())
        .add_property("TRANSP", "TRANSPARENT");
    event.status(status);
    if plan.item.get("campaign").and_then(Value::as_bool) == Some(true) {
        event.add_property("CATEGORIES", "Campaign");
    }
    let link = plan.text("link");
    let is_link = link.starts_with("https://") || link.starts_with("http://");
    if is_link && link.chars().all(|c| c.is_ascii_graphic()) {
        event.url(link);
    }
    Some((start, event.try_into_string().ok()?))
}

/// Returns the day the calendar was made, as the profile tells it.
fn stamp(profile: &Value) -> Date {
    let places = ["/submission/submitted_on", "/strategy/approved_on", "/strategy/planned_on"];
    let day = |pointer: &&str| profile.pointer(pointer)?.as_str()?.parse().ok();
    places.iter().find_map(day).unwrap_or(Date::constant(2000, 1, 1))
}

/// Makes one line of a text.
fn plain(text: &str) -> String {
    let is_gap = |c: char| c.is_whitespace() || c.is_control();
    text.split(is_gap).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn profile(jurisdiction: &str) -> Value {
        json!({
            "organisation": {"jurisdiction": jurisdiction},
            "submission": {"submitted_on": "2026-11-20"},
            "platforms": [{"id": "facebook", "name": "Facebook"}],
            "audiences": [{"id": "a1", "name": "Parents, nearby"}],
            "calendar": [
                {"id": "c2", "on": "2026-10-05", "at": "23:50", "platform_id": "facebook", "type": "photo",
                 "topic": "Bread; milk,\r\nEND:VEVENT \\ é".to_owned() + &" long".repeat(40), "audience_id": "a1",
                 "status": "approved", "campaign": true, "link": "https://example.org/?a=1&b=2"},
                {"id": "c1", "on": "2026-07-03", "at": "17:30", "topic": "First", "status": "withdrawn",
                 "link": "https://example.org/\r\nX-EVIL:1"},
                {"id": "c3", "on": "soon", "at": "17:30", "topic": "No day"},
                {"id": "c4", "on": "2026-07-03", "at": "5 pm", "topic": "No time"},
                "nothing", null,
            ],
        })
    }

    fn lines(jurisdiction: &str) -> Vec<String> {
        let bytes = calendar(&profile(jurisdiction), "loaf-osm007");
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        assert!(text.replace("\r\n", "").chars().all(|c| !c.is_control()));
        assert!(text.split("\r\n").all(|l| l.len() <= 75), "{text}");
        text.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
    }

    fn value<'a>(lines: &'a [String], name: &str) -> Vec<&'a str> {
        lines.iter().filter_map(|l| l.strip_prefix(name)).collect()
    }

    #[test]
    fn events_stand_in_order_of_time_in_the_zone_of_the_state() {
        let lines = lines("NSW");
        let zone = ";TZID=Australia/Sydney:";
        assert_eq!(
            value(&lines, "DTSTART;"),
            [&format!("{zone}20260703T173000")[1..], &format!("{zone}20261005T235000")[1..]]
        );
        assert_eq!(value(&lines, "DTEND;")[1], "TZID=Australia/Sydney:20261006T000500");
        assert_eq!(value(&lines, "STATUS:"), ["CANCELLED", "CONFIRMED"]);
        assert_eq!(value(&lines, "DTSTAMP:"), ["20261120T000000Z"; 2]);
        assert_eq!(value(&lines, "TZOFFSETTO:"), ["+1000", "+1100"]);
        assert_eq!(value(&lines, "RRULE:")[1], "FREQ=YEARLY;BYMONTH=10;BYDAY=1SU");
    }

    #[test]
    fn typed_text_stays_text() {
        let lines = lines("NSW");
        let summary = value(&lines, "SUMMARY:")[1];
        assert!(summary.starts_with("Facebook: Bread\\; milk\\, END:VEVENT \\\\ é long"), "{summary}");
        assert!(
            value(&lines, "DESCRIPTION:")[1]
                .starts_with("Type: photo\\nAudience: Parents\\, nearby\\nStatus:")
        );
        assert_eq!(value(&lines, "END:VEVENT").len(), 2);
        assert_eq!(value(&lines, "URL:"), ["https://example.org/?a=1&b=2"]);
        assert!(value(&lines, "X-EVIL").is_empty());
    }

    #[test]
    fn states_without_daylight_saving_have_one_offset() {
        let lines = lines("QLD");
        assert_eq!(value(&lines, "TZID:"), ["Australia/Brisbane"]);
        assert_eq!(value(&lines, "TZOFFSETTO:"), ["+1000"]);
        assert!(value(&lines, "RRULE:").is_empty());
        assert_eq!(value(&lines, "BEGIN:DAYLIGHT"), [""; 0]);
    }

    #[test]
    fn an_unknown_state_gives_times_of_no_zone() {
        let lines = lines("somewhere");
        assert_eq!(value(&lines, "DTSTART:")[0], "20260703T173000");
        assert!(value(&lines, "BEGIN:VTIMEZONE").is_empty());
        assert!(calendar(&Value::Null, "x").starts_with(b"BEGIN:VCALENDAR"));
    }

    #[test]
    fn ids_survive_a_change_of_the_day() {
        let mut moved = profile("NSW");
        moved["calendar"][1]["on"] = json!("2026-07-04");
        let uids = |p: &Value| -> Vec<String> {
            let text = String::from_utf8(calendar(p, "x")).expect("UTF-8");
            text.lines().filter_map(|l| l.strip_prefix("UID:").map(str::to_owned)).collect()
        };
        assert_eq!(uids(&moved), uids(&profile("NSW")));
        assert_ne!(uids(&moved)[0], uids(&moved)[1]);
    }
}
