import * as z from 'zod';
import { oneOrMany } from './one-of.ts';
import { closed, word } from './words.ts';

const text = z.string();
const NIGHT =
  'limits: { jobs: { rate: { cases: [{ when: during("night"), use: unlimited }, { use: 60/minute }] }, per: key } }';

export const schedule = closed({
  zone: word(
    'The time zone that its times are read in: an IANA name, or an expression for one, such as the caller’s. Default: the policy’s calendar, else UTC.',
    `schedules: { night: { zone: Europe/Berlin, spans: 22:00-06:00 } }\n${NIGHT}`,
    text.optional(),
  ),
  spans: word(
    'When it is open: days and times (`Mon-Fri 22:00-06:00`, over midnight too; `Sat,Sun`), or dates (`2026-12-24 08:00-14:00`, `2026-11-27 20:00 - 2026-11-30 06:00`). A span belongs to the day on which it begins. Spans that touch are one opening. A time that clocks skip is when they have reached it, and one that comes twice is the first: no gap, and nothing twice.',
    `schedules: { night: { spans: ["Mon-Fri 22:00-06:00", "Sat,Sun"] } }\n${NIGHT}`,
    oneOrMany(text),
  ),
  except: word(
    'Dates on which none of its weekly spans begins.',
    `schedules: { night: { spans: 22:00-06:00, except: [2026-12-24, 2026-12-31] } }\n${NIGHT}`,
    oneOrMany(text).optional(),
  ),
});

export type ScheduleInput = z.output<typeof schedule>;
