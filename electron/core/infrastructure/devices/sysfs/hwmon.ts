import { byNumber, type SystemFolder } from './system-folder.ts';

/** The folder of a device's sensors: the one that names itself after the driver, else the first. */
export const findHwmon = (device: SystemFolder, name: string): SystemFolder | undefined => {
  const folders = device
    .list('hwmon')
    .filter((folder) => /^hwmon\d+$/.test(folder))
    .sort(byNumber)
    .map((folder) => device.at(`hwmon/${folder}`));
  return folders.find((folder) => folder.read('name') === name) ?? folders[0];
};

/** The sensor with the first of these labels that there is, else the one with the lowest number: `temp2` of `temp2_input`. */
export const findSensor = (hwmon: SystemFolder, kind: string, labels: readonly string[]): string | undefined => {
  const sensors = hwmon
    .list('')
    .flatMap((file) => new RegExp(`^(${kind}\\d+)_input$`).exec(file)?.[1] ?? [])
    .sort(byNumber);
  const named = labels.flatMap((label) => sensors.find((sensor) => hwmon.read(`${sensor}_label`) === label) ?? []);
  return named[0] ?? sensors[0];
};
