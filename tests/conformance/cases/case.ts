import type { Request } from '../support/differential';

/** Requests that both servers must answer alike, by what they show. */
export interface Case {
  readonly shows: string;
  readonly requests: readonly Request[];
}

/** The bytes of a text in UTF-8, one character for each. */
export const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

export const words = (line: string): Request => line.split(' ');

export const store = (json: string): Request => ['JSON.SET', 'doc', '$', json];

export const sample = store(
  '{"a":[1,2.5,{"b":"x"},[4,5]],"n":7,"f":1.5,"s":"text","t":true,"z":null,"o":{"k":1,"l":{"k":2}},"e":{},"l":[]}',
);
