import { clusterCommands } from './cluster';
import type { Command } from './command';
import { connectionCommands } from './connection';
import { expiryCommands } from './expiry';
import { hashCommands } from './hashes';
import { jsonGet, jsonMget } from './json/get';
import { jsonReadCommands } from './json/read';
import { jsonValueCommands } from './json/values';
import { jsonWriteCommands } from './json/write';
import { keyCommands } from './keys';
import { listCommands } from './lists';
import { pubSubCommands } from './pub-sub';
import { scriptingCommands } from './scripting';
import { searchCommands } from './search/commands';
import { serverCommands } from './server';
import { setCommands } from './sets';
import { sortedSetCommands } from './sorted-sets';
import { stringCommands } from './strings';
import { transactionCommands } from './transactions';

/** Every command that the embedded server knows. */
export const commandTable: readonly Command[] = [
  jsonGet,
  jsonMget,
  ...jsonReadCommands,
  ...jsonWriteCommands,
  ...jsonValueCommands,
  ...searchCommands,
  ...keyCommands,
  ...expiryCommands,
  ...stringCommands,
  ...hashCommands,
  ...listCommands,
  ...setCommands,
  ...sortedSetCommands,
  ...pubSubCommands,
  ...scriptingCommands,
  ...transactionCommands,
  ...connectionCommands,
  ...serverCommands,
  ...clusterCommands,
];
