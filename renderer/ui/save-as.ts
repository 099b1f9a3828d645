/** Lets the browser keep what is at an address under a name; folders in the name become part of it. */
export const saveAs = (address: string, name: string): void => {
  const link = document.createElement('a');
  link.href = address;
  link.download = name.replaceAll('/', '_');
  document.body.append(link);
  link.click();
  link.remove();
};
