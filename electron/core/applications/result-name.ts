/** The name of a result file made of one of several files given: plain for one, numbered so that no two are the same for more. */
export const resultName = (file: string, index: number, count: number): string => {
  const plain = file.replaceAll(/[/\\\0]/g, '_');
  return count === 1 ? plain : `${String(index + 1).padStart(String(count).length, '0')}-${plain}`;
};
