export { openingAt, type Opening } from './openings.ts';
export { periodAt, type Calendar, type Span } from './period.ts';
export { UTC } from './zone.ts';
export { zoneTable } from './zone-table.ts';
