import type { OneOrMany } from './choice.ts';

export interface CalendarDefinition {
  readonly zone?: string;
  readonly anchor?: string | number;
  readonly week?: 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';
}

export interface ScheduleDefinition {
  readonly zone?: string;
  readonly spans: OneOrMany<string>;
  readonly except?: OneOrMany<string>;
}
