/** A view of /sys; a folder or file that is not there is empty or undefined. */
export interface SysView {
  list(folder: string): string[];
  read(path: string): string | undefined;
}

/** Drivers that measure the processor itself, best first. Others measure the board, disks or wireless cards. */
const chips = ['k10temp', 'zenpower', 'coretemp', 'cpu_thermal', 'soc_thermal'];
/** Labels of the whole package among a chip's inputs: AMD's control and die temperatures, Intel's package. */
const packageLabel = /^(Tdie|Tctl|Package id 0)$/;
/** acpitz is left out: it is often a fixed number, and reading it may run firmware for milliseconds. */
const zones = ['x86_pkg_temp', 'cpu-thermal', 'cpu_thermal', 'soc-thermal', 'soc_thermal'];

/** The file, under /sys, that holds the processor's temperature. */
export const findTemperatureFile = (sys: SysView): string | undefined => findChipInput(sys) ?? findZone(sys);

const findChipInput = ({ list, read }: SysView): string | undefined => {
  const folders = list('class/hwmon').map((name) => ({ folder: `class/hwmon/${name}`, chip: read(`class/hwmon/${name}/name`)?.trim() }));
  for (const chip of chips) {
    for (const { folder } of folders.filter((found) => found.chip === chip)) {
      const inputs = list(folder)
        .filter((file) => /^temp\d+_input$/.test(file))
        .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
      const labelled = inputs.find((input) => packageLabel.test(read(`${folder}/${input.replace('_input', '_label')}`)?.trim() ?? ''));
      const input = labelled ?? inputs[0];
      if (input) return `${folder}/${input}`;
    }
  }
  return undefined;
};

const findZone = ({ list, read }: SysView): string | undefined => {
  const found = list('class/thermal')
    .filter((name) => name.startsWith('thermal_zone'))
    .map((name) => ({ name, type: read(`class/thermal/${name}/type`)?.trim() ?? '' }));
  const best = zones.flatMap((type) => found.filter((zone) => zone.type === type))[0];
  return best && `class/thermal/${best.name}/temp`;
};
