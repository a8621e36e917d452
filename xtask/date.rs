//! Proleptic Gregorian days and seconds, enough for billing arithmetic; nothing here reads a clock.

use std::fmt;

/// A day, counted from 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(pub i32);

/// A moment, in seconds from 1970-01-01 00:00:00.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Moment(pub i64);

impl Day {
    /// Howard Hinnant's days-from-civil.
    pub const fn ymd(year: i32, month: u32, day: u32) -> Self {
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let year_of_era = y.rem_euclid(400);
        let shifted = (month as i32 + 9) % 12;
        let day_of_year = (153 * shifted + 2) / 5 + day as i32 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self(era * 146_097 + day_of_era - 719_468)
    }

    pub const fn parts(self) -> (i32, u32, u32) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let day_of_era = z.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * shifted + 2) / 5 + 1) as u32;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u32;
        let year = year_of_era + era * 400 + (month <= 2) as i32;
        (year, month, day)
    }

    /// Reads `YYYY-MM-DD`, with or without a time behind it.
    pub fn parse(text: &str) -> Option<Self> {
        let year = text.get(0..4)?.parse().ok()?;
        let month = text.get(5..7)?.parse().ok()?;
        let day = text.get(8..10)?.parse().ok()?;
        Some(Self::ymd(year, month, day))
    }

    pub const fn plus(self, days: i64) -> Self {
        Self(self.0 + days as i32)
    }

    /// The same day of another month, or that month's last day where it has none.
    pub const fn plus_months(self, months: i64) -> Self {
        let (year, month, day) = self.parts();
        let index = year as i64 * 12 + month as i64 - 1 + months;
        let (y, m) = (index.div_euclid(12) as i32, index.rem_euclid(12) as u32 + 1);
        let last = days_in_month(y, m);
        Self::ymd(y, m, if day > last { last } else { day })
    }

    pub const fn first_of_month(self) -> Self {
        let (year, month, _) = self.parts();
        Self::ymd(year, month, 1)
    }

    /// Months since year 0: differences count month borders.
    pub const fn month_index(self) -> i64 {
        let (year, month, _) = self.parts();
        year as i64 * 12 + month as i64 - 1
    }

    pub const fn from_month_index(index: i64) -> Self {
        Self::ymd(index.div_euclid(12) as i32, index.rem_euclid(12) as u32 + 1, 1)
    }

    pub const fn at(self, seconds: i64) -> Moment {
        Moment(self.0 as i64 * 86_400 + seconds)
    }
}

const fn days_in_month(year: i32, month: u32) -> u32 {
    let next = if month == 12 { Day::ymd(year + 1, 1, 1) } else { Day::ymd(year, month + 1, 1) };
    (next.0 - Day::ymd(year, month, 1).0) as u32
}

impl Moment {
    pub const fn day(self) -> Day {
        Day(self.0.div_euclid(86_400) as i32)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(out, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.0.rem_euclid(86_400);
        write!(out, "{} {:02}:{:02}:{:02}", self.day(), second / 3600, second / 60 % 60, second % 60)
    }
}
