/** The longest delay that a timer holds: a longer one is taken for 1 ms. */
export const maxTimerMs = 2 ** 31 - 1
