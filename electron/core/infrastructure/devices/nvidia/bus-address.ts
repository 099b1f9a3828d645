/** `00000000:3B:00.0` as NVIDIA writes it becomes `0000:3b:00.0` as the kernel does. */
export const parseBusAddress = (text: string): string | undefined => {
  const [, domain, rest] = /^([\da-f]{4,8}):([\da-f]{2}:[\da-f]{2}\.[\da-f])$/i.exec(text.trim()) ?? [];
  if (domain === undefined || rest === undefined) return undefined;
  return `${domain.replace(/^0+/, '').padStart(4, '0')}:${rest}`.toLowerCase();
};
