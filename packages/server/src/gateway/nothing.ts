import type { RequestView } from 'headgate/http';
import { nextId } from './request-id.ts';

/** What is known of a request whose head was no HTTP: where it came from. */
export class Nothing implements RequestView {
  readonly id: string = nextId();
  readonly method = 'GET';
  readonly target = '/';
  readonly scheme = 'http';
  readonly peer: string;

  constructor(peer: string) {
    this.peer = peer;
  }

  header(): undefined {
    return undefined;
  }

  headers(): readonly string[] {
    return [];
  }

  fields(): readonly string[] {
    return [];
  }
}
