export { periodAt, type Calendar, type Span } from './period.ts';
export { offsetAt, UTC } from './zone.ts';
