import type { LuaValue } from './value';

/** A variable that outlives its frame because an inner function uses it. */
export interface Cell {
  value: LuaValue;
}

/** The variables of one call. A captured variable is a cell. */
export interface Frame {
  readonly slots: LuaValue[];
  readonly cells: (Cell | undefined)[];
  readonly upvalues: readonly Cell[];
  readonly varargs: readonly LuaValue[];
}

export type Evaluate = (frame: Frame) => LuaValue;
export type EvaluateAll = (frame: Frame) => LuaValue[];

/** What the block around a statement has to do next: go on, leave the loop, or return these values. */
export type Signal = undefined | typeof LEAVE_LOOP | LuaValue[];
export type Execute = (frame: Frame) => Signal;

export const LEAVE_LOOP = Symbol('break');
