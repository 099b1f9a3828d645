/** A time of the day, with two digits each. */
export const clockTime = /^([01]\d|2[0-3]):[0-5]\d$/;
