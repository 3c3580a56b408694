/** Faults of making a gate, by their stable code: what a policy needs of the program around the gate, and did not get. */
export const HTTP_ERRORS = {
  ERR_MAIL: 'a channel sends mail, and nobody was named who sends it',
  ERR_FINDER: 'a source is looked up by a function that nobody registered',
  ERR_HOST: 'an expression calls a function that nobody registered',
  ERR_SECRET: 'a variable of the environment that the policy names is missing, or too short for what it is for',
  ERR_TEMPLATE: 'a compiled policy has a placeholder that this version does not know',
  ERR_EVENT: 'an event of the application does not name what it ends',
  ERR_SETTLE: 'a reservation is settled by a name of nothing that it holds, or at a cost that is none',
} as const;
