// Moments in the reader's zone, with the tokens that Slack's date formats have.

const LONGEST = 8.64e12; // seconds: what a Date can hold

function part(date, zone, options) {
  return new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options }).format(date);
}

function numbers(date, zone) {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  }).formatToParts(date);
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
}

function ago(date) {
  const seconds = (date.getTime() - Date.now()) / 1000;
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [unit, length] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= length) return words.format(Math.trunc(seconds / length), unit);
  }
  return words.format(Math.trunc(seconds), "second");
}

const TOKENS = {
  date_num: (date, zone, at) => `${at.year}-${at.month}-${at.day}`,
  date_slash: (date, zone, at) => `${at.year}/${at.month}/${at.day}`,
  date_long: (date, zone) => part(date, zone, { weekday: "long", month: "long", day: "numeric", year: "numeric" }),
  date_short: (date, zone) => part(date, zone, { month: "short", day: "numeric", year: "numeric" }),
  date: (date, zone) => part(date, zone, { month: "long", day: "numeric", year: "numeric" }),
  day_divider_pretty: (date, zone) => part(date, zone, { weekday: "long", month: "long", day: "numeric" }),
  time: (date, zone, at) => `${at.hour}:${at.minute}`,
  time_secs: (date, zone, at) => `${at.hour}:${at.minute}:${at.second}`,
  ago: (date) => ago(date),
};

function pretty(date, zone) {
  const day = (moment) => part(moment, zone, { year: "numeric", month: "numeric", day: "numeric" });
  const distances = [["today", 0], ["yesterday", -86400e3], ["tomorrow", 86400e3]];
  return distances.find(([, off]) => day(date) === day(new Date(Date.now() + off)))?.[0];
}

/** A format of Slack's filled in, as a string; null for a time that no calendar holds. */
export function moment(seconds, format, zone) {
  const given = Number(seconds);
  if (!Number.isFinite(given) || Math.abs(given) > LONGEST) return null;
  const date = new Date(given * 1000);
  const at = numbers(date, zone);
  return String(format).replace(/\{(\w+?)(_pretty)?\}/g, (whole, name, wantsPretty) => {
    const known = Object.hasOwn(TOKENS, name) ? name : null;
    if (!known) return Object.hasOwn(TOKENS, `${name}_pretty`) ? TOKENS[`${name}_pretty`](date, zone, at) : whole;
    return (wantsPretty && name.startsWith("date") && pretty(date, zone)) || TOKENS[known](date, zone, at);
  });
}

/** A moment as a datetime-local field holds it, in a zone; empty for none. */
export const local = (seconds, zone) => (seconds ? moment(seconds, "{date_num}T{time}", zone) : null) ?? "";

/** The moment that such a field means in a zone, in seconds; an hour that the clocks skip is the hour after. */
export function instant(text, zone) {
  const wanted = Date.parse(`${text}Z`);
  let found = wanted;
  for (let round = 0; round < 2; round++) found += wanted - Date.parse(`${local(found / 1000, zone)}Z`);
  return Math.trunc(found / 1000);
}

/** The full moment, for a tooltip. */
export const whole = (seconds, zone) => moment(seconds, "{date_long} {time_secs}", zone) ?? "";
