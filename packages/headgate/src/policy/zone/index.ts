export { zoneTable } from './table.ts';
