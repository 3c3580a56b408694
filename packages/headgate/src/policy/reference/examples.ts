import { words } from '../schema/words.ts';
import { READING } from './reading.ts';
import { SECTIONS } from './sections.ts';
import { FORMS } from './values.ts';

/** An example of the reference, as a reader would try it. */
export interface Example {
  /** What it is an example of: `limits.NAME: burst`. */
  readonly of: string;
  readonly says: string;
  /** As it is printed. */
  readonly example: string;
}

const VERSION = 'headgate: 1';
const IDENTITY = 'identify: { key: { header: X-API-Key, find: any } }';

/** The whole policy that a printed example stands for. */
export function wholePolicy(example: string): string {
  const identity = /^identify:/m.test(example) ? '' : `${IDENTITY}\n`;
  return `${VERSION}\n${identity}${example}\n`;
}

/** Every example of the reference, in its order. */
export function examples(): readonly Example[] {
  const ofWords = SECTIONS.flatMap(({ title, schema }) =>
    Object.entries(schema.shape).flatMap(([name, word]) => {
      const doc = words.get(word);
      return doc === undefined ? [] : [{ of: `${title}: ${name}`, says: doc.says, example: doc.example }];
    }),
  );
  return [
    ...[...FORMS, ...READING].map(({ name, says, example }) => ({ of: `values: ${name}`, says, example })),
    ...ofWords,
  ];
}
