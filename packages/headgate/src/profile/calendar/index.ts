export { periodAt, type Calendar, type Span } from './period.ts';
export { UTC } from './zone.ts';
