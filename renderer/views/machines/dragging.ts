/** Machines on their way to a tag: their ids, one per line. */
export const dragType = 'application/x-berth-machines'
