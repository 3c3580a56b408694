import ipaddr from 'ipaddr.js';

const { IPv4, IPv6 } = ipaddr;

/** Whether a text is one address, and nothing else. */
export const isAddress = (text: string): boolean => IPv4.isValidFourPartDecimal(text) || IPv6.isValid(text);
