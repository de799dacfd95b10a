/** Longest time for which Node can set a timer; a longer one would go off at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;
