const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** The parts of a date pattern; what stands between apostrophes is itself. */
const DATE_PARTS = /'([^']*)'|yyyy|MMMM|MMM|MM|M|dd|d|EEEE|EEE|HH|H|mm|ss/g;

/** A pattern in quotes over UTC: `"EEE d MMM yyyy 'at' HH:mm:ss"`, of whole seconds, rounded up. */
export function datePattern(name: string): ((atMs: number) => string) | undefined {
  const pattern = /^(["'])(.*)\1$/s.exec(name)?.[2];
  if (pattern === undefined) return undefined;
  return (atMs) => {
    const at = new Date(Math.ceil(atMs / 1000) * 1000);
    return pattern.replace(DATE_PARTS, (part, text?: string) => text ?? datePart(part, at));
  };
}

function datePart(part: string, at: Date): string {
  const day = DAYS[at.getUTCDay()] ?? '';
  const month = MONTHS[at.getUTCMonth()] ?? '';
  switch (part) {
    case 'yyyy':
      return String(at.getUTCFullYear()).padStart(4, '0');
    case 'MMMM':
      return month;
    case 'MMM':
      return month.slice(0, 3);
    case 'EEEE':
      return day;
    case 'EEE':
      return day.slice(0, 3);
    default:
      return String(DATE_NUMBERS[part[0] ?? '']?.(at) ?? '').padStart(part.length, '0');
  }
}

const DATE_NUMBERS: Readonly<Record<string, (at: Date) => number>> = {
  M: (at) => at.getUTCMonth() + 1,
  d: (at) => at.getUTCDate(),
  H: (at) => at.getUTCHours(),
  m: (at) => at.getUTCMinutes(),
  s: (at) => at.getUTCSeconds(),
};
