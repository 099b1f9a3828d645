const hourMs = 3_600_000;

/** 14:20:05 within the hour, else 14:20, on another day with its date; in the time of who reads it. */
export const clockTime = (at: number, now: number): string => {
  const moment = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = `${two(moment.getHours())}:${two(moment.getMinutes())}`;
  if (moment.toDateString() !== new Date(now).toDateString())
    return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())} ${minutes}`;
  return at - now < hourMs ? `${minutes}:${two(moment.getSeconds())}` : minutes;
};
