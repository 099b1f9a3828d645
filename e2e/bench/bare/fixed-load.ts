/*
 * The same processor time again and again: of every 100 ms the milliseconds that are given, however long it takes to get them.
 */
const everyMs = 100;
const burnMs = Number(process.argv[2]);

const burn = (): void => {
  const before = process.cpuUsage();
  for (let spent = 0; spent < burnMs * 1000;) {
    const { user, system } = process.cpuUsage(before);
    spent = user + system;
  }
};

setInterval(burn, everyMs);
