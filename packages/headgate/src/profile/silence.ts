/** The name of the answer that is none. No policy can give it. */
export const SILENCE = '(silence)';
