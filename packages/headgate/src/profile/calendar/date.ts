/*
 * The Gregorian calendar on day numbers: day 0 is 1970-01-01. Days per year repeat every 400 years; counting
 * years from March puts the leap day last, so that the length of a month needs no table.
 */

export interface CivilMonth {
  readonly year: number;
  /** 0 is January. */
  readonly month: number;
}

const DAYS_IN_400_YEARS = 146_097;
/** Days from 0000-03-01 to 1970-01-01. */
const DAYS_TO_EPOCH = 719_468;

/** Number of the day on which a month begins; `month` may run over either end of the year. */
export function firstDayOf(year: number, month: number): number {
  const months = year * 12 + month - 2; // since March of year 0
  const y = Math.floor(months / 12);
  const m = months - y * 12;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const leapDays = Math.floor(ofEra / 4) - Math.floor(ofEra / 100);
  return era * DAYS_IN_400_YEARS + ofEra * 365 + leapDays + Math.floor((153 * m + 2) / 5) - DAYS_TO_EPOCH;
}

export function daysIn(year: number, month: number): number {
  return firstDayOf(year, month + 1) - firstDayOf(year, month);
}

/** The month in which a day lies. */
export function monthOf(day: number): CivilMonth {
  // A mean year is 365.2425 days: the guess is off by one month at most.
  const months = Math.floor((day / 365.2425) * 12) + 1970 * 12;
  for (let guess = months + 1; ; guess--) {
    const [year, month] = [Math.floor(guess / 12), guess - Math.floor(guess / 12) * 12];
    if (firstDayOf(year, month) <= day) return { year, month };
  }
}

/** 0 is Monday. 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}
