const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const IMF_FIXDATE = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const RFC_850 = /^[A-Z][a-z]{5,8}, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const ASCTIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/

/** An instant as HTTP writes it (RFC 9110 §5.6.7, IMF-fixdate). */
export function formatHttpDate(date: Date): string {
  return date.toUTCString()
}

/**
 * The instant that an HTTP date names, in any of the three forms a server must accept (RFC 9110 §5.6.7).
 * @returns seconds since the epoch; undefined for anything else, which makes the field count as absent.
 */
export function parseHttpDate(text: string): number | undefined {
  const imf = IMF_FIXDATE.exec(text)
  if (imf) return instant(imf[3], imf[2], imf[1], imf.slice(4))
  const rfc850 = RFC_850.exec(text)
  if (rfc850) return instant(fullYear(Number(rfc850[3])), rfc850[2], rfc850[1], rfc850.slice(4))
  const asctime = ASCTIME.exec(text)
  if (asctime) return instant(asctime[6], asctime[1], asctime[2], asctime.slice(3, 6))
  return undefined
}

/** Two digits of a year: of those years that end so, the one that is at most 50 years ahead. */
function fullYear(twoDigits: number): number {
  const now = new Date().getUTCFullYear()
  const year = now - (now % 100) + twoDigits
  return year > now + 50 ? year - 100 : year
}

function instant(
  year: string | number | undefined,
  monthName: string | undefined,
  ...[day, time]: [string | undefined, string[]]
): number | undefined {
  const month = MONTHS.indexOf(monthName ?? '')
  const [hours = 0, minutes = 0, seconds = 0] = time.map(Number)
  if (month < 0 || hours > 23 || minutes > 59 || seconds > 60) return undefined
  const date = new Date(Date.UTC(Number(year), month, Number(day), hours, minutes, seconds))
  // Date.UTC carries a 31st of February over into March; HTTP knows no such day.
  return date.getUTCDate() === Number(day) || seconds === 60 ? date.getTime() / 1000 : undefined
}
